//! Months by how their names begin, in the languages whose programs translate them.

/// Beginnings of names in lower case, none of which a day of the week has, save for March.
const BEGINNINGS: [&str; 12] = [
    "jan jän ene gen янв ян січ ιαν sty oca led tammi",
    "feb fév fev фев лют φεβ lut şub sub úno helmi",
    "mar mär maa mrt már мар бер μαρ μάρ bře",
    "apr avr abr ápr апр квіт απρ kwi nis dub huhti",
    "may mai maj mei mag máj май мая трав μαΐ μάι μαι μαϊ kvě touko",
    "jun jui jún июн черв ιουν ιούν giu cze haz čer kesä",
    "jul juil júl июл лип ιουλ ιούλ lug lip tem červenc heinä",
    "aug aoû aou ago авг серп αυγ αύγ sie ağu agu srp elo",
    "sep set szept сен вер σεπ wrz eyl zář syys",
    "oct okt out ott окт жовт οκτ paź eki říj loka",
    "nov ноя лист νοε νοέ lis kas marras",
    "dec dez des déc dic дек груд δεκ gru ara pro joulu",
];

/// The number of the month whose name begins `word` best, in lower case.
pub(super) fn number(word: &str) -> Option<u32> {
    let matching = BEGINNINGS.iter().zip(1..).flat_map(|(beginnings, number)| {
        let fitting = beginnings.split(' ').filter(|beginning| word.starts_with(beginning));
        fitting.map(move |beginning| (beginning.len(), number))
    });
    matching.max_by_key(|(length, _)| *length).map(|(_, number)| number)
}
