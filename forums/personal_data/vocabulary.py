"""Vocabulary of the rules: streets, platforms and places, and words that are no names."""

import re

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
WEEKDAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"

PLATFORMS = (
    "insta(?:gram)?|ig|snap(?:chat)?|tik ?tok|telegram|whats ?app|facebook|fb|messenger|twitter|discord|linkedin|kik|signal"
    "|viber|imo|skype|wechat|reddit|threads|bluesky|mastodon|youtube|onlyfans"
)
# Addresses of personal pages, without those of groups, searches and organisations.
OWN_PAGES = (
    r"(?:facebook|fb)\.com/(?!groups/|events/|pages/|help|privacy|watch|marketplace|sharer|policies|hashtag)"
    r"|fb\.me/|m\.me/|instagram\.com/(?!explore|about|legal)|(?:twitter|x)\.com/(?!search|hashtag|home|i/|intent|share)"
    r"|tiktok\.com/(?!tag|discover|about|legal)|linkedin\.com/in/|snapchat\.com/add/|t\.me/|telegram\.me/|wa\.me/"
    r"|threads\.(?:net|com)/@|bsky\.app/profile/|youtube\.com/(?:@|user/|c/|channel/)|reddit\.com/u(?:ser)?/|linktr\.ee/"
    r"|onlyfans\.com/|calendly\.com/|paypal\.me/|gofundme\.com/f/|discord\.com/users/"
)

STREETS = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Court|Way|Place|Gardens|Gdns|Terrace|Crescent|Cres|Grove|Hill|Square"
    "|Sq|Mews|Row|Walk|Parade|Rise|Yard|Quay|Wharf|Croft|Villas|Mansions|Buildings|Broadway|Estate|Green"
)
# Between a number and a word for a street, these mean that it is no address: 'two Crown Court cases', 'a 40 mph road'.
NO_STREETS = (
    "Crown|County|High Court|Magistrates|Magistrates'|Family|Supreme|Youth|Coroner's|Court"
    "|mph|km|hours?|days?|weeks?|months?|years?|minutes?|miles?|metres?|people|men|women|children|families|of|in|on|the|this|that"
    "|and|to|a|for|from|busy|quiet|long|main|dark|wide|side|more|new|very|small|narrow|other|different|whole|rough|same|lane|per"
)

# After 'I will be at the …': no place, or one that does not say where.
NO_PLACES = (
    "end|mercy|time|point|start|same|moment|stage|bottom|top|beginning|heart|back|front|edge|loss|disadvantage|risk|best|worst"
    "|wits?|limit|door|doctor|doctors|doctor's|dentist|gp|gym|shops?|toilet|middle|age|level|pace|desk|table|computer|office"
    "|side|window|front|phone|high|low|great|bit|very|whole|Year|Level|Entry|Court|Section|Week|Stage|Step|Monday|Tuesday"
    "|Wednesday|Thursday|Friday|Saturday|Sunday|I"
)

# After 'I will be in the …': places where somebody can be found.
PLACES = (
    "park|car park|square|gardens?|playground|caf[eé]|coffee shop|restaurant|pub|bar|canteen|library|museum|cinema|market"
    "|supermarket|shop|bakery|shopping centre|mall|station|waiting room|foyer|lobby|church|mosque|temple|chapel|cathedral"
    "|hospital|clinic|town hall|church hall|community centre|launderette|salon|cemetery|courtyard"
)
# Places also in small letters and without an article: 'at nando's'.
CHAINS = (
    "nando'?s|mc ?donald'?s|kfc|costa|starbucks|greggs|lidl|aldi|tesco|asda|sainsbury'?s|morrisons|primark|subway|ikea|argos"
    "|wetherspoons?|burger king|pret"
)

# A line that begins with one of these begins a sentence, whether or not a full stop stands before it.
BEGIN_SENTENCES = (
    "I|I'm|We|You|He|She|It|They|This|That|These|Those|There|The|A|An|My|Our|Your|His|Her|Its|Their|And|But|So|Or|Then|If"
    "|When|While|Because|After|Before|On|In|At|From|To|For|With|Every|Each|All|Some|No|Not|Now|Please|What|Who|Why|How"
)

PEOPLE = (
    "worker|caseworker|manager|friend|sister|brother|mother|father|mum|dad|daughter|son|husband|wife|partner|boss|landlord"
    "|landlady|neighbour|solicitor|lawyer|barrister|doctor|nurse|midwife|teacher|man|woman|girl|boy|lady|guy|advocate|interpreter"
    "|cousin|aunt|uncle|baby|child|volunteer|officer|trafficker|mentor|counsellor|flatmate|roommate|housemate|girlfriend|boyfriend"
)

# Texts, since they read and merge better than quoted words.
COMMON_WORDS = frozenset(
    """
    a about again all also always an and another any anonymous are as at available back bad because been before being below
    both but by can certain changed clear clean closed common confidential correct could crossed different difficult
    down due easy either enough even ever every everybody everyone everything everywhere false fine for foreign free from
    funny gone good great hard has have he her here hers hidden his how i if important in incorrect inside is it its just
    kept known later less like lost me mine misspelt missing mr mrs ms more most much my near neither never new no nobody none
    nor not nothing now of off often old on once one only open or other our out over own perhaps private probably public
    quite rare ready real really right safe same secret she short so some something sometimes somewhere spelt spoken still
    strange such taken than that the their them then there they this those though through thus to today together told too
    true two under miss sir madam ma'am mum dad mud dirt trouble rubbish toast shame unknown
    unsafe unusual up us used useless very was we well were what when where which who why will with without worth written wrong yes yet you your yours
    """.split()  # noqa: SIM905
)

COMMON_CAPITALS = frozenset(
    """
    access act action adult adults advice advocacy advocate albanian all amharic anyone april arabic asylum august bail
    bengali british bulgarian cantonese care case charity child children children's chinese citizen citizens city civil clarity
    clinic college community council court czech dari data december dental details discretionary doctor dutch duty early
    emergency english entry equality everybody everyone evidence example farsi february form free french friday funding german
    government gp greek gujarati hausa health help hindi home homeless hospital hospitals house housing hungarian igbo immigration
    income independent interpreter interpreters italian january job july june justice kurdish kurmanji language latvian law
    leave legal letter lingala lithuanian local manager mandarin march may medical mental migrant modern monday money national
    nepali nhs november nurse october office oromo others parliament pashto payment pension permission person personal pip police
    polish portuguese proof protection public punjabi questions reasons records red referral refugee refugees release relief
    romanian russian safeguarding salvation saturday section security september service services shelter shona sinhala slovak
    social somali sorani spanish speaker state staff statutory students sunday support swahili sylheti tagalog tamil telugu thai
    thursday tigrinya time trafficking translation translator translators travel tuesday turkish twi ukrainian universal urdu
    unit vietnamese victim victims water wednesday welfare welsh women work yoruba young youth
    """.split()  # noqa: SIM905
)

# After 'my name is' these are names, though they are also words or end like one ('walked', 'sleeping', 'kindly').
NAMES_THAT_ARE_WORDS = frozenset(
    """
    april august charity clarity friday june justice may monday sunday will
    abed ahmed alfred ed fred hamed hameed jared khaled majed majeed mehmed mildred mohamed mohammed muhamed muhammed naveed
    ned rasheed rashed saeed sajed sayed syed ted waleed wilfred winifred zayed
    blessing jing ling ming ping qing sterling xing ying
    aly beverly billy carly dolly emily everly holly kelly kimberly lilly lily milly molly nelly polly sally shelly tilly willy
    """.split()  # noqa: SIM905
)

# 'I am Deaf' and 'I am Kurdish' describe somebody; 'I am Nour' names them.
DESCRIPTIONS = re.compile(
    r".*(?:ian|ean|ese|ish|ist|ic|man|woman|er|or)$|(?:afghan|arab|asian|black|white|brown|british|buddhist|czech|deaf|dutch"
    r"|eritrean|french|gay|greek|gypsy|hindu|iraqi|irish|israeli|jew|jewish|kurd|lgbtq?|muslim|pakistani|roma|saudi|scots|serb"
    r"|shia|sikh|slovak|somali|sunni|swiss|syrian|tamil|thai|trans|traveller|turk|welsh|yemeni|yazidi|uyghur|bangladeshi|nepali"
    r"|latino|latina|congolese|african|european|ok|god)$",
    re.IGNORECASE,
)
# 'our project name is …'
NOT_OF_A_PERSON = (
    "company|project|group|organisation|business|team|charity|service|street|brand|product|file|domain|building|road|town|hotel"
    "|shop|place|program|programme|dog|cat|school"
)
