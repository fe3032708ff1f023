"""Made-up names for anonymous voices: calm words for plants and landscapes.

None is a given name, a place, a colour, an animal or a word for a sex, so that it suggests nothing about the writer.
"""

import secrets
from collections.abc import Collection

NAMES = tuple(  # a text reads and merges better than two hundred quoted lines
    """
    Acorn Alder Almond Apricot Balsam Bamboo Barley Bayleaf Beech Birch Blossom Boulder Bracken Bramble Breeze
    Brushwood Burdock Campion Catkin Cedar Chervil Chickpea Clearing Cloudberry Clover Comfrey Copse Coriander
    Cornfield Cove Cowslip Crag Cress Cypress Damson Daybreak Dew Drizzle Driftwood Dune Dusk Elder Elm Estuary
    Evergreen Fennel Fernleaf Fescue Flaxseed Footpath Foxglove Gale Glade Gooseberry Gorse Granite Grassland
    Gravel Grove Gully Harbour Hawthorn Hayfield Headland Heathland Hedgerow Hillside Hilltop Honeysuckle
    Hornbeam Horizon Inlet Kelp Lagoon Lakeside Larch Larkspur Lichen Limestone Linden Loam Lovage Lupin Mallow
    Maple Marshland Meadowsweet Medlar Millet Moonlight Moorland Moss Mulberry Nettle Oak Oatfield Orchard
    Oregano Parsley Peat Pebble Pinecone Plateau Pond Poplar Primula Quince Rainfall Raspberry Ravine Ridge
    Riverbank Rockpool Rosehip Rowanberry Sandbank Sandstone Sapling Scree Seaweed Sedge Seedling Shingle
    Shoreline Snowdrop Snowfall Sorrel Speedwell Spinney Spruce Starlight Stile Streambed Summit Sunflower
    Sunrise Sycamore Tamarisk Tarragon Teasel Thicket Thistle Thyme Tideline Towpath Trefoil Twilight Upland
    Valley Vetch Walnut Waterfall Watercress Wetland Wheatfield Whitebeam Woodland Woodruff Yarrow Yew
    """.split()  # noqa: SIM905
)


def pick_name(taken: Collection[str]) -> str:
    """Return a random name that is not in `taken`; once all are, one with a number: 'Cedar 2'."""
    round_number = 1
    while True:
        free = [name for name in (_numbered(word, round_number) for word in NAMES) if name not in taken]
        if free:
            return secrets.choice(free)
        round_number += 1


def _numbered(word: str, number: int) -> str:
    return word if number == 1 else f"{word} {number}"
