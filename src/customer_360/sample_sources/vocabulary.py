"""Word lists that the fake-data library does not have, or not in the form of the real systems."""

from __future__ import annotations

FEMALE, MALE = "female", "male"

# Formal name -> short forms. Common names, so that nicknames and namesakes are as frequent as in life.
NICKNAMES: dict[str, dict[str, tuple[str, ...]]] = {
    FEMALE: {
        "Abigail": ("Abby", "Gail"), "Alexandra": ("Alex", "Sandra"), "Amanda": ("Mandy",),
        "Catherine": ("Cathy", "Kate"), "Christina": ("Chris", "Tina"), "Cynthia": ("Cindy",),
        "Deborah": ("Debbie", "Deb"), "Elizabeth": ("Liz", "Beth", "Betty"), "Emily": ("Em", "Emmy"),
        "Jennifer": ("Jen", "Jenny"), "Jessica": ("Jess",), "Katherine": ("Kathy", "Katie"),
        "Margaret": ("Peggy", "Maggie", "Meg"), "Patricia": ("Pat", "Patty", "Tricia"),
        "Rebecca": ("Becky",), "Samantha": ("Sam",), "Stephanie": ("Steph",), "Susan": ("Sue", "Susie"),
        "Theresa": ("Terry", "Tess"), "Victoria": ("Vicky", "Tori"),
    },
    MALE: {
        "Alexander": ("Alex", "Sandy"), "Andrew": ("Andy", "Drew"), "Anthony": ("Tony",),
        "Benjamin": ("Ben",), "Charles": ("Charlie", "Chuck"), "Christopher": ("Chris", "Kit"),
        "Daniel": ("Dan", "Danny"), "Edward": ("Ed", "Ted"), "Gregory": ("Greg",),
        "James": ("Jim", "Jimmy"), "John": ("Jack", "Johnny"), "Joseph": ("Joe", "Joey"),
        "Kenneth": ("Ken", "Kenny"), "Lawrence": ("Larry",), "Matthew": ("Matt",),
        "Michael": ("Mike", "Mick"), "Nicholas": ("Nick",), "Richard": ("Dick", "Rick"),
        "Robert": ("Bob", "Rob", "Bobby"), "Samuel": ("Sam",), "Steven": ("Steve",),
        "Thomas": ("Tom", "Tommy"), "Timothy": ("Tim",), "William": ("Bill", "Will", "Billy"),
    },
}  # fmt: skip

# Surnames that trip simple name code: apostrophes, hyphens, particles, inner capitals, letters beyond ASCII.
SPECIAL_SURNAMES = (
    "O'Brien", "O'Neill", "D'Angelo", "McDonald", "MacLeod", "Smith-Jones", "Garcia-Lopez", "van der Berg",
    "de la Cruz", "von Stein", "García", "Muñoz", "Müller", "Søndergaard", "Łukasik", "Nguyễn",
)  # fmt: skip

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
STATE_CODES = tuple(US_STATES)

COUNTRY = "United States"
COUNTRY_SPELLINGS = ("USA", "US", "United States of America", "U.S.A.", "united states")

# Reserved for documentation (RFC 2606): no such mailbox can exist.
MAIL_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.org")
SECOND_MAIL_DOMAINS = ("home.example.net", "work.example.com", "inbox.example.org")

DEPARTMENTS = (
    "Engineering", "Marketing", "Legal", "Support", "Human Resources", "Research and Development",
    "Services", "Accounting", "Product Management", "Sales", "Training", "Business Development",
)  # fmt: skip
EYE_COLOURS = ("Brown", "Hazel", "Green", "Blue", "Gray", "Violet", "Red", "Amber")
HAIR_COLOURS = ("Brown", "Black", "Blonde", "Gray", "Red", "White", "Green", "Blue", "Purple")
HAIR_TYPES = ("Wavy", "Curly", "Straight", "Kinky")
BLOOD_GROUPS = ("O-", "O+", "A-", "A+", "B-", "B+", "AB-", "AB+")
ROLES = ("user",) * 18 + ("moderator", "admin")
CURRENCIES = ("EUR", "CAD", "USD", "PKR", "AUD", "GBP", "JPY", "NZD", "CNY", "INR")
CARD_PREFIXES = {
    "Mastercard": "52", "Discover": "6011", "American Express": "37", "Visa": "4", "UnionPay": "62",
    "Diners Club International": "36", "JCB": "35",
}  # fmt: skip
CARD_TYPES = tuple(CARD_PREFIXES)

PHONE_COUNTRY_CODES = ("1",) * 7 + ("44", "49", "91")
# Each with any six or seven digits behind it is a number in use: an area code of each state, mobiles elsewhere.
AREA_CODES = {
    "AL": "205", "AK": "907", "AZ": "602", "AR": "501", "CA": "415", "CO": "303", "CT": "203", "DE": "302",
    "FL": "305", "GA": "404", "HI": "808", "ID": "208", "IL": "312", "IN": "317", "IA": "515", "KS": "316",
    "KY": "502", "LA": "504", "ME": "207", "MD": "410", "MA": "617", "MI": "313", "MN": "612", "MS": "601",
    "MO": "314", "MT": "406", "NE": "402", "NV": "702", "NH": "603", "NJ": "201", "NM": "505", "NY": "212",
    "NC": "919", "ND": "701", "OH": "614", "OK": "405", "OR": "503", "PA": "215", "RI": "401", "SC": "803",
    "SD": "605", "TN": "615", "TX": "214", "UT": "801", "VT": "802", "VA": "804", "WA": "206", "WV": "304",
    "WI": "414", "WY": "307",
}  # fmt: skip
MOBILE_CODES = {
    "44": ("774", "777", "789"),
    "49": ("160", "171", "172", "175"),
    "91": ("981", "987", "990", "998"),
}

# as frequent as in the real data
CATEGORIES = ("general",) * 4 + ("technical",) * 3 + ("billing",) * 3
STATUSES = ("open",) * 4 + ("pending",) * 3 + ("closed",) * 3
PRIORITIES = ("low", "medium", "high")
STRANGERS = {
    "category": ("complaint", "returns", "misc.", "???"),
    "status": ("escalated", "waiting", "re-opened", "3"),
    "priority": ("urgent", "P1", "asap", "0"),
}

COMMON_TAGS = (
    "history", "english", "american", "classic", "love", "crime", "fiction", "mystery", "french", "magical",
)  # fmt: skip
RARE_TAGS = (
    "nature", "city", "village", "ancient", "market", "books", "garden", "peace", "community", "mountain",
    "forest", "life", "ocean", "music", "library", "knowledge", "memory", "adventure", "energy", "stars",
    "colour", "lighthouse", "desert", "engineering", "tradition", "lake", "beach", "culture", "cabin",
    "castle", "river", "harbour", "temple", "street",
)  # fmt: skip

PLACEHOLDERS = ("N/A", "n/a", "unknown", "-", "none", "xxx", "TBD")
PLACEHOLDER_PHONES = ("000-000-0000", "+1 000-000-0000", "000-000", "0000000000")
