//! Signs as small as a letter: whether a value changes, and whether its target can be relied on to
//! be reached. Each differs in shape and letter, not in colour alone, and says its meaning in words.

use crate::oversight::{Assurance, Variation};

use super::sheet::{BLUE, Dash, GREY, Hold, INK, Sheet, VERMILLION, WHITE, svg};

const SIZE: i32 = 48;
const MIDDLE: i32 = SIZE / 2;

/// The sign of a variation: a wave for common variation, a disc with an arrow for an improvement, a
/// diamond with an arrow for a deterioration, a ring with an arrow where neither way is good.
pub fn variation_icon(variation: Variation, words: &str) -> String {
    svg((SIZE, SIZE), words, words, |sheet| {
        let up = variation.signal().is_some_and(crate::statistics::Signal::is_up);
        match variation {
            Variation::NotCharted => {
                sheet.line(&[(16, MIDDLE), (SIZE - 16, MIDDLE)], GREY, 4, Dash::None);
            }
            Variation::Common => {
                sheet.ring((MIDDLE, MIDDLE), 21, GREY);
                let wave = [(8, 26), (16, 18), (24, 26), (32, 30), (40, 22)];
                sheet.line(&wave, GREY, 4, Dash::None);
            }
            Variation::Improving(_) => {
                sheet.dot((MIDDLE, MIDDLE), 22, BLUE);
                arrow(sheet, up, WHITE);
            }
            Variation::Worsening(_) => {
                sheet.diamond((MIDDLE, MIDDLE), 20, VERMILLION);
                arrow(sheet, up, INK);
            }
            Variation::Changing(_) => {
                sheet.ring((MIDDLE, MIDDLE), 21, INK);
                arrow(sheet, up, INK);
            }
        }
    })
}

fn arrow(sheet: &Sheet<'_>, up: bool, colour: plotters::style::RGBColor) {
    let y = |y: i32| if up { y } else { SIZE - y };
    sheet.line(&[(MIDDLE, y(13)), (MIDDLE, y(36))], colour, 5, Dash::None);
    sheet.line(&[(15, y(22)), (MIDDLE, y(12)), (33, y(22))], colour, 5, Dash::None);
}

/// The sign of an assurance: P where the target will be reached month by month, F where it will be
/// missed, ? where chance decides.
pub fn assurance_icon(assurance: Assurance, words: &str) -> String {
    svg((SIZE, SIZE), words, words, |sheet| {
        let at = (MIDDLE, MIDDLE + 1);
        match assurance {
            Assurance::NoTarget | Assurance::NotCharted => {
                sheet.line(&[(16, MIDDLE), (SIZE - 16, MIDDLE)], GREY, 4, Dash::None);
            }
            Assurance::Reached => {
                sheet.filled((4, 4), (SIZE - 4, SIZE - 4), BLUE);
                sheet.bold("P", at, Hold::Middle, WHITE);
            }
            Assurance::Missed => {
                sheet.filled((4, 4), (SIZE - 4, SIZE - 4), INK);
                sheet.bold("F", at, Hold::Middle, WHITE);
            }
            Assurance::HitOrMiss => {
                sheet.outlined((4, 4), (SIZE - 4, SIZE - 4), GREY, Dash::None);
                sheet.bold("?", at, Hold::Middle, INK);
            }
        }
    })
}
