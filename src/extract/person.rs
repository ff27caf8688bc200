//! Names of people in values: frequent first names and surnames of the United States, from public
//! counts of the census bureau and the social security administration. Words that are as often
//! places, months, colours or things are left out.

use std::sync::LazyLock;

static FIRST: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "aaron abigail adam alan albert alejandro alex alexander alexis alice amanda amber amy \
    ana andrea andrew angela ann anna anthony antonio arthur ashley barbara benjamin betty \
    beverly brandon brenda brian brittany bruce bryan carl carlos carol carolyn catherine \
    charles cheryl christian christina christine christopher cynthia daniel danielle david \
    deborah debra denise dennis diana diane donald donna doris dorothy edward elizabeth \
    emily emma eric ethan eugene evelyn frances francisco frank gabriel gary george gerald \
    gloria gregory hannah harold heather helen henry isabella jack jacob jacqueline james \
    jane janet janice jason jean jeffrey jennifer jeremy jerry jesse jessica jesus joan joe \
    john johnny jonathan jose joseph joshua joyce juan judith judy julia julie justin karen \
    katherine kathleen kathryn kayla keith kelly kenneth kevin kimberly kyle larry laura \
    lauren lawrence linda lisa louis lucy luis margaret maria marie marilyn martha mary \
    matthew megan melissa michael michelle miguel nancy natalie nathan nicholas nicole noah \
    olivia pamela patricia patrick paul peter philip rachel ralph randy raymond rebecca \
    richard robert roger ronald roy russell ruth ryan samantha samuel sandra sara sarah \
    scott sean sharon shirley sofia sophia stephanie stephen steven susan teresa theresa \
    thomas timothy tyler vincent walter wayne william zachary"
        .split(' ')
        .collect()
});

static LAST: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "adams alexander allen alvarez anderson bailey barnes bennett brooks bryant butler \
    campbell carter castillo castro chavez clark coleman collins cooper cox cruz davis diaz \
    edwards ellis evans fisher flores foster garcia gibson gomez gonzales gonzalez graham \
    griffin gutierrez hamilton harris harrison hayes henderson hernandez herrera howard \
    hughes jackson jenkins jimenez johnson jones kelly kennedy kim lee lewis lopez marshall \
    martin martinez mcdonald medina mendoza miller mitchell moore morales moreno morgan \
    morris murphy murray myers nelson nguyen ortiz owens parker patel patterson perez perry \
    peterson phillips powell ramirez ramos reed reyes reynolds richardson rivera roberts \
    robinson rodriguez rogers romero ross ruiz russell sanchez sanders scott simmons smith \
    stevens stewart sullivan taylor thomas thompson torres tran turner vargas vasquez walker \
    wallace ward washington watson west williams wilson wright"
        .split(' ')
        .collect()
});

fn is_in(list: &[&str], word: &[u8]) -> bool {
    list.binary_search_by(|known| known.bytes().cmp(plain(word))).is_ok()
}

/// The letters of a word in lower case and without accents, which half of all writers leave out.
fn plain(word: &[u8]) -> impl Iterator<Item = u8> {
    // From U+00C0 on, and again in lower case from U+00E0 on.
    const LATIN: &[u8; 32] = b"aaaaaaaceeeeiiiidnooooo*ouuuuyts";
    let mut rest = word;
    std::iter::from_fn(move || {
        // Accents by themselves, behind their letter.
        while let [0xcc | 0xcd, _, more @ ..] = rest {
            rest = more;
        }
        if let [0xc3, low, more @ ..] = rest {
            rest = more;
            return Some(LATIN[usize::from(low % 32)]);
        }
        let (first, more) = rest.split_first()?;
        rest = more;
        Some(first.to_ascii_lowercase())
    })
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    value
        .split(|byte| !(byte.is_ascii_alphabetic() || *byte >= 0x80 || *byte == b'\''))
        .filter(|word| !word.is_empty())
}

fn is_capital(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_uppercase) && word.len() > 1
}

/// True if a value names a person: a first name before a surname or the other way round with a
/// comma or as ids are written, or somebody who is addressed. An initial may stand between.
pub(super) fn is_named(value: &[u8]) -> bool {
    // No name is written with the letters of hexadecimal numbers alone, and many keys are.
    if !value.iter().any(|byte| (b'g'..=b'z').contains(&(byte | 0x20))) {
        return false;
    }
    let is_id = !value.contains(&b' ');
    let has_digits = value.iter().any(u8::is_ascii_digit);
    let mut before: Option<&[u8]> = None;
    for word in words(value) {
        if let Some(first) = before {
            let between = between(value, first, word);
            let has = |signs: &[u8]| between.iter().any(|byte| signs.contains(byte));
            let comma = has(b",^");
            let reversed = comma || (is_id && (has(b"._") || (has_digits && has(b"-"))));
            // No name of the lists is shorter, and most words of ids are.
            let are_long = first.len() >= 3 && word.len() >= 3;
            let named = are_long
                && ((!comma && is_in(&FIRST, first) && is_in(&LAST, word))
                    || (reversed && is_in(&LAST, first) && is_in(&FIRST, word)));
            let addressed = ["mr", "mrs", "ms"]
                .iter()
                .any(|title| first.eq_ignore_ascii_case(title.as_bytes()));
            if named || (addressed && is_capital(word) && is_capital(first)) {
                return true;
            }
        }
        let is_initial = word.len() == 1 && before.is_some_and(|first| is_in(&FIRST, first));
        if !is_initial {
            before = Some(word);
        }
    }
    false
}

/// The bytes between two words of a value.
fn between<'a>(value: &'a [u8], first: &[u8], second: &[u8]) -> &'a [u8] {
    let offset = |word: &[u8]| word.as_ptr() as usize - value.as_ptr() as usize;
    &value[offset(first) + first.len()..offset(second)]
}

/// How many values of a column look like names, to be judged together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Names {
    /// Values of letters.
    words: u32,
    /// First names alone.
    first: u32,
    /// Surnames alone.
    last: u32,
    /// Two or three words that begin with a first name, or with a surname before one.
    full: u32,
}

impl Names {
    pub(super) fn look(&mut self, value: &[u8]) {
        if value.len() > 60 || value.iter().any(u8::is_ascii_digit) {
            return;
        }
        let mut words = words(value);
        let (Some(first), second) = (words.next(), words.next()) else { return };
        self.words += 1;
        if second.is_none() {
            self.first += u32::from(is_in(&FIRST, first));
            self.last += u32::from(is_in(&LAST, first));
        } else if let Some(second) = second.filter(|_| words.count() < 2) {
            let reversed = is_in(&LAST, first) && is_in(&FIRST, second);
            self.full += u32::from(is_in(&FIRST, first) || reversed);
        }
    }

    /// True if the column as a whole holds names.
    pub(super) fn are_people(&self) -> bool {
        let share =
            |n: u32, least: u32, percent: u32| n >= least && n * 100 >= self.words * percent;
        share(self.full, 3, 30) || share(self.first, 3, 40) || share(self.last, 5, 40)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(FIRST.is_sorted() && LAST.is_sorted());
    }

    #[test]
    fn columns_of_names_are_seen_and_other_words_are_not() {
        let are_people = |values: &[&str]| {
            let mut names = Names::default();
            for value in values {
                names.look(value.as_bytes());
            }
            names.are_people()
        };
        assert!(are_people(&["Mary", "JOHN", "susan", "Xiu"]));
        assert!(are_people(&["Nguyen", "Garcia", "Oddname", "Smith", "Lopez", "Patel"]));
        assert!(are_people(&["Smith John", "GARCIA MARIA", "Davis Mary Ann", "Xiu Li"]));
        assert!(are_people(&["Mary Q", "Joseph Oddname", "Laura de Vries", "Xiu Li"]));
        assert!(!are_people(&["white", "black", "asian", "hispanic", "other"]));
        assert!(!are_people(&["voluntary", "involuntary"]));
        assert!(!are_people(&[
            "Mary Center",
            "Elm House",
            "North Clinic",
            "South Clinic",
            "East",
            "River",
            "Lake"
        ]));
    }
}
