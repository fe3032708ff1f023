"""The texts of the sample content of `outcomes/sample.py`."""

TOOLKIT = """\
The toolkit is led by The Passage in Westminster, with Westminster City Council, Crisis and the Department for Levelling
Up, Housing and Communities. It encourages local authorities to adopt a Multi-Agency Case Conference (MACC): one meeting
in which everybody who can help a person who may have been exploited plans together, instead of one after the other.
Other areas are adopting it.

### What it holds
- What a case conference is, who should be in it, and how to set one up.
- Templates and documents that can be used as they are.
- What homelessness organisations and frontline workers can look out for, and what to do next.

It is useful for other adults at risk as well. A 'Task and Finish' group with central government, the Independent
Anti-Slavery Commissioner, the Centre for Social Justice and charities stood behind it.
"""

HANDBOOK = """\
A handbook on national referral mechanisms: how countries find, protect and support people who have been trafficked. For
housing, go straight to sections 14.10 to 14.13, on pages 159 to 167.
"""

STUDY = """\
How the seven outcomes were agreed: three reviews of what had been written, an international e-Delphi in three rounds
(with 53, 64 and 74 answers), and a final workshop of 46 people. People with lived experience took part at every step,
as researchers, advisers and participants.

The paper appeared in Trauma, Violence, & Abuse, volume 25, number 3, in 2024.
"""

FRAMEWORK = """\
The framework says what everybody who works with people needs to know about trauma, in four tiers: from what all staff
should understand to what specialists must be able to do. The Scottish Government invests in it and in the training that
goes with it.

A principal clinical psychologist at The Anchor, Glasgow Psychological Trauma Service, introduced it to this community.
"""

TRAINING = """\
A live online session about Survivor Alliance's approach to mental health and wellbeing at work. Three things to learn:

1. How to understand trauma and its effects.
2. Practical tools for when trauma comes up at work.
3. How Survivor Alliance brings theory and practice together.

If the price is a barrier, ask the organiser by email.
"""
