"""The texts of the first content: the seven outcomes and the ten domains of the study, for editors to continue."""

# In the order of the study.
OUTCOMES = [
    {
        "official_name": "Secure and suitable housing",
        "short_name": "housing",
        "aliases": "Safe and suitable housing",
        "summary": "A safe place to live that suits the person, for as long as they need it.",
        "content_note": "detention, destitution and unsafe housing",
        "body": """\
Housing scored among the highest of all outcomes, from the first round of the study to the last. In the final round it
came out even above safety from any trafficker or other abuser. It goes hand in hand with safety: a locked door means
little in a place where the wrong people can find you, and nobody is safe who has nowhere to sleep tonight.

People in the study spoke of having no home and no money, of detention, and of rooms that were dangerous or dirty. They
also said what a good home makes possible: rest, health, study, work, friends, and a plan for next year.

Members of the Research Advisory Board, who have lived experience, guide this work. What they choose to share about
housing can stand on this page, with their agreement and only for as long as they agree.
""",
        "good_looks_like": """\
Change starts with three kinds of standards. They are a beginning to discuss, not a finished list.

### Area and location
- The area is one where the person feels safe, and far from people who have harmed them.
- Doctors, schools, shops, advice and public transport are near.
- There are people nearby with whom they share a language, a faith or an interest, if they want that.
- Nobody is moved without notice, a reason and a say.

### Outside the building
- Doors, windows, locks and lighting are sound.
- The building does not tell passers-by who lives in it.
- There is somewhere to sit outside, and a safe way home after dark.

### Inside the home
- It is clean, warm, dry and in good repair, and repairs happen when they are asked for.
- There is a door that locks, room for children, and a place to cook and to be alone.
- It can be reached and used by a disabled person who lives there.
- Staff and landlords knock, wait and explain.
""",
    },
    {
        "official_name": "Safety from any trafficker or other abuser",
        "short_name": "safety",
        "summary": "Free from harm and from fear of the people who caused it.",
        "content_note": "threats and control by other people",
        "body": """\
Recovery is hard to begin while somebody still has the power to hurt you. Safety means being out of reach of the people
who did harm, and of new people who might. It also means feeling safe, which can take longer than being safe.

Safety depends on other outcomes. A home in the wrong street, a missed letter or a move at short notice can undo it.
""",
        "good_looks_like": """\
- Each person has a safety plan that they helped to write, and it is looked at again whenever something changes.
- Addresses and contact details are shared with nobody who does not need them.
- Police, housing and support workers know who does what, so that nobody has to tell their story again and again.
- People learn how to use phones and accounts safely, without being told to give them up.
""",
    },
    {
        "official_name": "Long-term, consistent support",
        "short_name": "support",
        "aliases": "Long-term consistent support",
        "summary": "Help that lasts as long as it is needed, from people who stay.",
        "body": """\
Recovery takes years and does not run in a straight line. Support that ends on a fixed date, or that changes hands
every few weeks, makes people start again. Trust grows when the same person answers the phone next month.
""",
        "good_looks_like": """\
- Needs decide how long support lasts, and people can come back after it has ended.
- One named worker holds the threads together, and a change of worker is planned and explained.
- Workers have manageable caseloads, good supervision and reasons to stay.
- Moving to another town does not mean going to the back of every queue.
""",
    },
    {
        "official_name": "Compassionate, trauma-informed services",
        "short_name": "services",
        "aliases": "Compassionate, trauma informed services",
        "summary": "Services that are kind, give choice, and do not cause more harm.",
        "body": """\
How a service treats people matters as much as what it offers. A service that understands what trauma does will not
take silence for a lack of interest, or a missed appointment for a lack of need.

This is true of every service, not only of therapy: the reception desk, the interpreter, the letter and the form.
""",
        "good_looks_like": """\
- Staff at every level know what trauma can do, and what helps, to the depth that their work needs.
- People choose where to sit, whom to speak to, what to say and when to stop.
- Interpreters are trained, and people can ask for another one.
- People with lived experience help to design the service and are paid for it.
- The service looks after its own staff.
""",
    },
    {
        "official_name": "Finding purpose in life and self-actualisation",
        "short_name": "purpose",
        "summary": "Hopes and plans of one's own, and the chance to follow them.",
        "body": """\
A life is more than the absence of harm. People spoke of work that means something, of family, faith, art, friendship
and helping others. Purpose cannot be given, but services can stop standing in its way.
""",
        "good_looks_like": """\
- Plans begin with what a person wants to do, not with what a service has to offer.
- People can volunteer, create, lead and work as early as they wish.
- Being a person with lived experience is never the only role that is open to somebody.
""",
    },
    {
        "official_name": "Access to medical treatment",
        "short_name": "medical",
        "summary": "Care for body and mind, when it is needed and without barriers.",
        "content_note": "injury and illness",
        "body": """\
Many people live with injuries, pain, illness or distress that nobody has treated. Being entitled to care is not the
same as getting it: papers, language, cost of travel and fear of being reported all stand between.
""",
        "good_looks_like": """\
- Everybody is registered with a doctor, a dentist and, where they need one, a midwife, whatever their papers say.
- Help for the mind begins within weeks, and with a person whom one can choose.
- Appointments are long enough for an interpreter, and travel is paid for.
- Nothing that is said to a doctor is passed on without agreement.
""",
    },
    {
        "official_name": "Access to education",
        "short_name": "education",
        "summary": "The chance to learn: a language, a trade, a degree, or how things work here.",
        "body": """\
Learning gives people language, qualifications, friends and a reason to get up. It is often the first thing that
somebody asks for, and one of the last that they are offered.
""",
        "good_looks_like": """\
- Language classes start at once, at the right level, with childcare and travel paid for.
- Colleges and universities have places and bursaries for people whose papers are still being decided.
- A move of house does not break off a course.
- Earlier qualifications are recognised.
""",
    },
]

DOMAINS = [
    "Consistency and stability",
    "Recognition, understanding and awareness",
    "Opportunities",
    "Belonging and social support",
    "Agency and purpose",
    "Safety",
    "Health and wellbeing",
    "Rights, justice and dignity",
    "Supportive services",
    "Creating change",
]
