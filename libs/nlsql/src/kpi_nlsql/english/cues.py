"""Cue phrases: the words that carry structure rather than name data."""

# ruff: noqa: E501  (phrase lists read best unbroken)

from __future__ import annotations

from dataclasses import dataclass

LONGEST_CUE = 6


@dataclass(frozen=True, slots=True)
class Cue:
    """What a phrase signals: a ``kind`` and, where the kind has several, which one."""

    kind: str
    argument: str = ""


_PHRASES: dict[Cue, str] = {
    Cue("show"): (
        "show|show me|show us|list|list out|find|find out|return|give|give me|display|tell me|"
        "get|what is|what are|what s|what was|what were|whats|please|i want|i need|can you|"
        "could you|retrieve|provide|fetch|print|i would like|would like to see|look up|report|"
        "identify|select|let me know|describe|state|compute|calculate|determine|search for|search|"
        "how much is|how much are|what|flag|highlight|spot|detect|check for|look for|pull|extract"
    ),
    Cue("count"): (
        "how many|number of|the number of|count of|count|count the number of|total number of|"
        "the total number of|count up|total count of|the count of|counts of|numbers of|"
        "how many total|find the number of|count how many|tally|how often|number|counts|distribution of|the distribution of"
    ),
    Cue("aggregate", "avg"): "average|the average|the mean|mean|avg|averaged|the average of|average of|mean of|on average|the averaged|averages",
    Cue("aggregate", "sum"): "total|the total|the sum|sum|sum of|total of|the sum of|in total|altogether|overall|the overall|sum up|totals|summed|combined",
    Cue("aggregate", "max"): "maximum|max|maximal|the maximum of|maximum of|maximums|the maximum",
    Cue("aggregate", "min"): "minimum|min|minimal|the minimum of|minimum of|minimums|the minimum",
    Cue("distinct"): "different|distinct|unique|distinctive|all the different|all different",
    Cue("compare", ">"): (
        "more than|greater than|above|over|exceeding|exceeds|exceed|higher than|larger than|"
        "bigger than|is above|longer than|heavier than|taller than|thicker than|wider than|deeper than|warmer than|hotter than|in excess of|beyond|"
        "greater|more expensive than|better than|faster than|superior to|surpass|surpassing|"
        "upwards of|further than|farther than|strictly more than"
    ),
    Cue("compare", ">="): (
        "at least|or after|or later|or newer|or older|no less than|not less than|or more|or above|or higher|greater than or equal to|"
        "minimum of at least|no fewer than|not fewer than|or greater|or over|not below|"
        "or longer|or larger|or bigger|or better|or heavier|or taller|or faster|or wider|or thicker|"
        "more than or equal to|larger than or equal to|a minimum of|equal to or greater than|"
        "equal to or more than"
    ),
    Cue("compare", "<"): (
        "less than|fewer than|below|under|lower than|smaller than|shorter than|cheaper than|"
        "lighter than|less|is below|thinner than|narrower than|colder than|cooler than|beneath|inferior to|slower than|worse than"
    ),
    Cue("compare", "<="): (
        "at most|or before|or earlier|or younger|no more than|not more than|up to|or less|or fewer|or below|or lower|not above|"
        "less than or equal to|no greater than|smaller than or equal to|a maximum of|or under|"
        "not over|not exceeding|does not exceed|do not exceed|fewer than or equal to|"
        "equal to or less than|no higher than|or shorter|or smaller|or worse|or lighter|or slower|or cheaper|or narrower|or thinner"
    ),
    Cue("compare", "="): "equal to|equals|is equal to|exactly|equal|the same as|identical to|equaling",
    Cue("compare", "!="): (
        "not equal to|except|other than|is not equal to|differs from|different from|not the same as|"
        "unequal to|not equal|different to|except for|excluding|rather than|apart from|but not in|anything but|anything other than"
    ),
    Cue("after"): "after|later than|since|newer than|more recent than|following|starting from|onwards",
    Cue("before"): "before|earlier than|prior to|until|older than or in|till|preceding",
    Cue("older"): "older than|older|elder than",
    Cue("younger"): "younger than|younger",
    Cue("between"): "between|in between|ranging from|in the range of|in the range|ranges from|range from",
    Cue("group"): (
        "for each|of each|in each|by each|per|each|every|for every|of every|in every|grouped by|"
        "group by|broken down by|for each of|at each|on each|from each|within each|with each|"
        "to each|across each|split by|for each different|for different|for each distinct|by every|"
        "for each combination of|per combination of|by combination of|for all different|for the different|grouped according to|by different|in different"
    ),
    Cue("order"): (
        "ordered by|sorted by|order by|sort by|ranked by|arranged by|ordered according to|"
        "sorted according to|sorted in|ordered in|sorted on|in order of|in the order of|sort|order them by|"
        "sort them by|order the results by|sort the results by|in order by|sort the list by|"
        "order by the|rank by|listed by|listed in order of|listed in|arranged in|in the ordering of|"
        "ordered|sorted|sequenced by|order results by|list in|and list them by|sort results by|"
        "in sorted order of|list them by|list them in|order them in|sort them in|rank them by"
    ),
    Cue("ascending"): (
        "ascending|in ascending order|ascending order|in ascending order of|increasing|"
        "in increasing order|in increasing order of|from low to high|from lowest to highest|"
        "ascending order of|in the ascending order of|from the lowest to the highest|"
        "by ascending order of|in ascending order by|from smallest to largest|from least to greatest|"
        "from least to most|increasing order of|from earliest to latest|from old to new|"
        "lowest to highest|in an ascending order|in ascending|asc|smallest to largest|"
        "from shortest to longest|low to high|from few to many|from fewest to most|ascendingly|"
        "from the least to the most|from cheapest to most expensive|from worst to best|worst to best|worst first|cheapest first|lowest first|smallest first|oldest first|earliest first|youngest first|shortest first|in the ascending order"
    ),
    Cue("descending"): (
        "descending|in descending order|descending order|in descending order of|decreasing|"
        "in decreasing order|in decreasing order of|from high to low|from highest to lowest|"
        "descending order of|in the descending order of|from the highest to the lowest|"
        "by descending order of|in descending order by|from largest to smallest|desc|"
        "from greatest to least|from most to least|decreasing order of|from latest to earliest|"
        "highest to lowest|in reverse order|in reverse order of|in reverse|from most recent to oldest|from best to worst|best to worst|best first|"
        "largest to smallest|from longest to shortest|high to low|from most to fewest|descendingly|"
        "from newest to oldest|in the descending order|most recent first|newest first|highest first|"
        "largest first|biggest first|most expensive first|longest first|most first|from heaviest to lightest|from tallest to shortest|in descending|"
        "from biggest to smallest|in an descending order|from the most to the least|latest first"
    ),
    Cue("alphabetical"): (
        "in alphabetical order|alphabetically|in alphabetical order of|in lexicographical order|"
        "alphabetical order|alphabetical order of|in alphabetic order|in ascending alphabetical order|"
        "in lexicographic order|in alphabetical order by|in ascending alphabetical order of|"
        "in alphabetic order of|in lexicographical order of|lexicographically|in lexicographic order of|"
        "ascending alphabetical order|by alphabetical order|in the alphabetical order of|"
        "in the alphabetical order|by alphabetical order of|a to z|from a to z"
    ),
    Cue("reversed_alphabetical"): (
        "in reverse alphabetical order|in descending alphabetical order|in reversed alphabetical order|"
        "in reverse alphabetical order of|in descending alphabetical order of|"
        "in reverse lexicographical order|descending alphabetical order|z to a|"
        "in reversed alphabetical order of|in reverse lexicographic order|in reversed lexicographical order"
    ),
    Cue("youngest_first"): "from youngest to oldest|from the youngest to the oldest|youngest to oldest|from young to old|in order of youngest to oldest",
    Cue("oldest_first"): "from oldest to youngest|from the oldest to the youngest|oldest to youngest|from old to young|in order of oldest to youngest",
    Cue("superlative", "most"): "most|the most|greatest number of|largest number of|highest number of|maximum number of|the greatest number of|the largest number of|the highest number of|the maximum number of|the most number of|most number of|biggest number of|largest amount of|greatest amount of|highest amount of|the largest amount of|highest total number of|the biggest number of|max number of|the top number of|highest count of",
    Cue("superlative", "fewest"): "fewest|the fewest|least|the least|smallest number of|lowest number of|minimum number of|least number of|the smallest number of|the lowest number of|the minimum number of|the least number of|the fewest number of|fewest number of|smallest amount of|lowest amount of|least amount of",
    Cue("superlative", "high"): "highest|the highest|largest|the largest|biggest|the biggest|greatest|the greatest|top|best|the best|maximum|the maximum|max|maximal|heaviest|tallest|longest|fastest|oldest|most expensive|costliest|priciest|latest|most recent|newest|strongest|deepest|widest|most recently|busiest|richest|hottest|farthest|furthest|last|longest lasting|highest valued|warmest|best paid|highest paid|most senior|the most expensive|loudest|brightest|bigger",
    Cue("superlative", "low"): "lowest|the lowest|smallest|the smallest|minimum|the minimum|min|worst|cheapest|shortest|youngest|least expensive|earliest|slowest|lightest|weakest|bottom|nearest|closest|first|poorest|coldest|lowest paid|most inexpensive|least recent|shallowest|narrowest|the least expensive",
    Cue("common", "most"): "most common|most number of times|the most number of times|most frequent|most popular|most frequently|most commonly|the most common|the most popular|most frequently used|most commonly used|most often|most prevalent|the most frequent|appears most frequently|most famous|used the most|most used|most times|the most times|the most frequently|the most often|the most commonly",
    Cue("common", "fewest"): "least common|least popular|least frequent|rarest|the least common|the least popular|least often|least frequently|least commonly|least used",
    Cue("not"): (
        "not|no|nobody|no one|no - one|none|nothing|without|outside|outside of|not from|never|don t|doesn t|didn t|isn t|aren t|haven t|hasn t|wasn t|weren t|"
        "can t|won t|cannot|neither|nor|lack|lacking|lacks|hadn t|without any|do not|does not|did not|none of|without a|"
        "without an|not any|do not have any|does not have any|no longer|has no|have no|had no|"
        "do not have|does not have|did not have|have not|has not|never had|have never|has never|had never|had not|"
        "not have|not having|not have any|has not had|have not had|fail to|failed to|are yet to|is yet to|forgot to|forget to|have yet to be|has yet to be|have yet to|has yet to|yet to be|don t have|doesn t have|"
        "dont|doesnt|didnt|isnt|arent|havent|hasnt|that are not|which are not|who are not|is not|are not|was not|were not|have not been|has not been|"
        "have never been|has never been|has never had|have never had|absent|free of|zero"
    ),
    Cue("missing"): (
        "missing from|missing in|nowhere to be found in|nowhere in|nowhere found in|not to be found in|not found on|not be found on|not found at|cannot find in|can not find in|could not find in|not find in|do not find in|did not find in|no trace in|not matched on|not matched with|not matched to|not exists in|unmatched on|absent from|absent in|lacking in|lacking from|not in|not found in|"
        "not present in|not available in|not existing in|do not exist in|does not exist in|"
        "not appear in|do not appear in|does not appear in|never appear in|not included in|"
        "are not in|is not in|not listed in|not contained in|not part of|not there in|"
        "cannot be found in|can t be found in|not found within|have no match in|has no match in|"
        "without a match in|no match in|not matched in|unmatched in|unmatched to|unmatched with|unmatched against|not matched against|not exist in|not on|"
        "with no match in|without match in|do not match any in|not recorded in|don t exist in|"
        "doesn t exist in|don t appear in|doesn t appear in|aren t in|isn t in|not be found in|"
        "have no counterpart in|has no counterpart in|without a counterpart in|with no counterpart in|"
        "have no matching record in|with no matching record in|without a matching record in|"
        "have no corresponding record in|without a corresponding record in|not also in|"
        "does not occur in|do not occur in|not occur in|no longer in|but missing from|not yet in|"
        "do not have a match in|does not have a match in|do not have any match in|unavailable in|"
        "have no record in|has no record in|without a record in|without any record in|with no record in|"
        "have no entry in|has no entry in|without an entry in|with no entry in|not mapped in|"
        "unknown in|unknown to|not known in|not known to|is unknown in|are unknown in|"
        "not loaded into|not loaded in|never loaded into|not made it into|not reached|not synced to|"
        "not transferred to|missing|were not loaded into|have no equivalent in|except those in|except the ones in|except for those in|excluding those in|"
        "but not in|but not"
    ),
    Cue("only"): "only in|only found in|only present in|exist only in|exists only in|appear only in|appears only in|exclusively in|exclusive to|unique to|only exist in|only appear in|found only in|present only in|only available in|available only in|only|only exists in|only appears in|solely in",
    Cue("both"): "in both|both in|present both in|found both in|exist both in|listed both in|appear both in|recorded both in|present in both|found in both|common to both|common to|shared by|common between|exist in both|appear in both|both|that are in both|exists in both|shared between|overlap between|overlap of|intersection between|intersection of|common among|shared among|in common between|in common|matching between|match between|matched between|both of",
    Cue("also"): "also in|matched on|matched with|matched to|matched against|found on|found also in|also on|existing also in|and also in|which are also in|that are also in|also found in|also present in|also exist in|also appear in|that also exist in|that exist in|which exist in|that appear in|which appear in|present in|found in|that are present in|available in|exist in|exists in|appear in|appears in|that match|matched in|matching in|have a match in|with a match in|has a match in|existing in|as well as in|and in|are in|are also in|is in|is also in|is also present in|with a matching record in|that have a match in|contained in|occur in|appearing in|which are in|that are in|present also in|have a counterpart in|with a counterpart in",
    Cue("mismatch"): "mismatch|mismatches|mismatching|mismatched|mismatch in|differ|differs|differ in|differing|different values of|different values for|different values in|discrepancy|discrepancies|discrepancies in|discrepant|do not match|does not match|not match|do not match between|does not match between|not match between|don t match between|doesn t match between|don t match|doesn t match|not matching|inconsistent|inconsistencies|inconsistencies in|not agree|do not agree|does not agree|disagree|disagrees|is different|are different|deviates|deviate|conflicting|conflict|conflicts|difference in|differences in|with different|has a different|have a different|have different|unequal|not the same|is not the same|are not the same|not equal between|not identical|diverge|diverges|out of sync|variance in|unmatched|differences|difference between|difference of|differences of|differences between|diverging|divergent|deviating|deviations|deviation|variances|unequal values of|mismatching values of|not equal|breaks between|break between|out of line|not in line|do not reconcile|does not reconcile|do not tie|does not tie|not in sync|contradict|contradicts",
    Cue("agree"): "agree|agrees|is the same|are the same|match|matches|matching|is identical|are identical|same|the same|identical|consistent|agreeing|is equal|are equal|with the same|have the same|has the same|coincide|coincides|equal values of|matching values of|same values of|same value of",
    Cue("compare_tables"): "compare|comparison of|reconcile|reconciliation of|compared with|compared to|versus|vs|against|in comparison with|when compared with",
    Cue("duplicate"): (
        "duplicate|duplicates|duplicated|duplication|repeated|repeating|non unique|not unique|"
        "duplicate records|duplicate rows|duplicate values of|duplicate values in|duplicate values|"
        "duplicated values|are repeated|is repeated|duplicate entries|duplicate records of|"
        "not being unique|is not unique|are not unique|dupes|dupe|"
        "appear more than once|appears more than once|occur more than once|occurs more than once|"
        "exist more than once|exists more than once|occurring more than once|"
        "appearing more than once|listed more than once|present more than once|"
        "stored more than once|recorded more than once|appear multiple times|occur multiple times|"
        "appears multiple times|occurs multiple times|appear twice|are not distinct|shared by several rows|used more than once|"
        "is used more than once|are used more than once|is listed more than once|are listed more than once|"
        "listed twice|is listed twice|are listed twice|appearing twice|occurring twice|recorded twice|registered twice|stored twice|exist twice|exists twice|existing twice|exist more than one time|exists more than one time|appear more than one time|are double|is double|occur at least twice|occurs at least twice|appear at least twice|appears at least twice|occur twice|"
        "used by more than one|used by several|used by multiple|shared by several|shared by multiple|shared by many|assigned to more than one|assigned to several|is used by more than one|shared by more than one|is shared by more than one|"
        "sharing the same|sharing their|sharing a|sharing an|share a|share an|shares a|shares an|share their|shares its|share the same|shares the same|shared with another"
    ),
    Cue("often"): (
        "more than once|more than one time|multiple times|several times|repeatedly|at least twice|"
        "twice or more|two or more times|more than twice|at least once|only once|exactly once|"
        "once|twice|exactly twice"
    ),
    Cue("null"): "null|is null|are null|empty|is empty|are empty|blank|is blank|are blank|has no value|have no value|without a value|is missing|are missing|is not set|not set|is unknown|not filled|not specified|is not specified|not provided|undefined|is not available|not populated|is unset|not assigned|not given|not recorded|not known|not filled in|is not known|is not filled|is not filled in|are not filled|is not populated|are not populated|has not been filled in|has not been filled|has not been set|has not been recorded|has not been given|has not been entered",
    Cue("not_null"): "not null|is not null|are not null|not empty|is not empty|are not empty|not blank|is not blank|has a value|have a value|is known|is set|are known|is present|is filled|is populated|is filled in|non null|non empty|not missing",
    Cue("contains"): "mention|mentions|mentioning|contain|contains|containing|contain the word|contains the word|containing the word|includes|including|include|including the word|with the substring|contains the substring|contain the substring|has the word|with the word|that includes the word|includes the word|having the word|contain the letter|contains the letter|containing the letter|includes the letter|has substring|have substring|has the substring|have the substring|containing the substring|contain the string|contains the string|with substring|containing the phrase|contains the phrase|contain the phrase|contain the text|contains the text|containing the text|like|have the letter|has the letter|with the letter|with the string|substring|contains the letters|that includes|includes the string|the word|the substring|the string|the letter|the phrase|the prefix or suffix",
    Cue("starts"): "start with|starts with|starting with|begin with|begins with|beginning with|started with|begin with the letter|starts with the letter|start with the letter|starting with the letter|begins with the letter|beginning with the letter|begin with letter|with the prefix|prefixed with|with prefix|starting with letter|starts with letter|start with letter|has prefix|have the prefix|has the prefix|the initial|initial with|initials|whose initial is|starting with the letters",
    Cue("ends"): "end with|ends with|ending with|ending in|ends in|end in|finish with|finishes with|with the suffix|end with the letter|ends with the letter|ending with the letter|ended with|with suffix|ending with letter|suffixed with|has the suffix|have the suffix|end with letter|ends with letter",
    Cue("average_of_all"): "above average|above the average|higher than average|higher than the average|more than average|more than the average|greater than average|greater than the average|over the average|larger than average|larger than the average|above the mean|exceeds the average|longer than average|longer than the average|older than average|older than the average|heavier than average|above - average",
    Cue("below_average"): "below average|below the average|lower than average|lower than the average|less than average|less than the average|smaller than average|smaller than the average|fewer than average|fewer than the average|under the average|below the mean|shorter than average|shorter than the average|younger than average|younger than the average",
    Cue("recent"): "last|past|in the last|in the past|within the last|within the past|during the last|over the last|during the past|over the past|previous",
    Cue("all"): "all|all the|all of|all of the|any|any of the|every single|whole|entire",
    Cue("details"): "all information|all the information|all details|all the details|the details|full details|details|information|info|all info|every detail|everything|all attributes|all columns|all fields|complete information|all data|full information|all available information|rows|records|entries|row|record|entry|lines|complete records|all columns of|all the attributes|all info about|full records|whole rows|complete rows|the full rows|all available details|all properties|instances|cases|occurrences",
    Cue("relative"): "part of|who|whom|that|which|where|whose|with|having|in which|for which|of which|to which|on which|from which|by which|at which|when|although|even though",
    Cue("yes"): "yes|true",
}  # fmt: skip

CUES: dict[tuple[str, ...], list[Cue]] = {}
for _cue, _text in _PHRASES.items():
    for _phrase in _text.split("|"):
        CUES.setdefault(tuple(_phrase.split()), []).append(_cue)

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "fifty": 50, "hundred": 100, "once": 1, "twice": 2, "single": 1, "couple": 2,
}  # fmt: skip
