//! What was found, in sentences that say no more than the design allows.

use super::contrast::Contrast;
use super::description::Study;
use super::design::{Amount, OutcomeMeasure};
use super::effect::Effect;
use super::finding::Finding;
use super::published::is_shown;
use super::sheet::Screen;

/// A sentence for each outcome that can be shown.
pub(super) fn sentences(
    study: &Study,
    contrast: &Contrast,
    names: &[String; 2],
    screen: Screen,
) -> Vec<String> {
    let mut found = Vec::new();
    for finding in &contrast.findings {
        let outcome = &study.outcomes[finding.outcome];
        let Some(effect) = finding.weighted.filter(|_| is_shown(finding, screen)) else { continue };
        if outcome.negative_control {
            found.extend(control(&outcome.name, &effect));
        } else {
            found.push(sentence(study, finding, &effect, names));
        }
    }
    if let Some(balance) = unbalanced(contrast) {
        found.push(balance);
    }
    found
}

fn sentence(study: &Study, finding: &Finding, effect: &Effect, names: &[String; 2]) -> String {
    let outcome = &study.outcomes[finding.outcome];
    let [one, other] = effect.values;
    let (what, values) = match &outcome.measure {
        OutcomeMeasure::First(_) => (
            format!("{} by day {}", outcome.name, finding.horizon),
            format!("{} against {}", percent(one), percent(other)),
        ),
        OutcomeMeasure::Amount(amount) if amount.is_share() => {
            (outcome.name.clone(), format!("{} against {}", percent(one), percent(other)))
        }
        OutcomeMeasure::Amount(amount) => (
            match amount {
                Amount::LevelOn(day) => format!("{} on day {day}", outcome.name),
                _ => outcome.name.clone(),
            },
            format!("{} against {} {}", short(one), short(other), amount.unit()),
        ),
    };
    let is_share = match &outcome.measure {
        OutcomeMeasure::First(_) => true,
        OutcomeMeasure::Amount(amount) => amount.is_share(),
    };
    let size = |value: f64| if is_share { points(value) } else { short(value) };
    let limits = effect.difference.limits.map_or_else(
        || " (no limits)".to_owned(),
        |limits| format!(" (95 % limits {} to {})", size(limits.low), size(limits.high)),
    );
    let told = if study.protocol.is_complete() {
        "estimated effect, if the protocol's assumptions hold"
    } else {
        "association, not effect"
    };
    format!(
        "{what}: {values} in “{}” and “{}” once weighted, a difference of {}{limits}; {told}.",
        names[0],
        names[1],
        size(effect.difference.value)
    )
}

/// A negative control that differs tells of what was not balanced.
fn control(name: &str, effect: &Effect) -> Option<String> {
    let limits = effect.difference.limits?;
    let differs = limits.low > 0.0 || limits.high < 0.0;
    Some(if differs {
        format!(
            "Negative control: {name}, which the strategies can hardly change, differs after weighting as well. Something that was not measured probably differs between the groups; read the other differences with this in mind."
        )
    } else {
        format!("Negative control: {name} shows no difference beyond chance after weighting.")
    })
}

fn unbalanced(contrast: &Contrast) -> Option<String> {
    let far = contrast.balance.iter().filter(|one| one.after.is_some_and(|d| d.abs() >= 0.1));
    let names: Vec<&str> = far.map(|one| one.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!("Not balanced after weighting (difference of 0.1 or more): {}.", names.join(", "))
    })
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn points(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    if tenths == 0.0 {
        return "0.0 points".to_owned();
    }
    format!("{:+.1} points", tenths / 10.0).replace('-', "\u{2212}")
}

/// Whole, with thousands apart; as in the tables, with at most four digits that say something.
fn grouped(value: f64) -> String {
    let step = 10_f64.powf((value.abs().log10().floor() - 3.0).max(0.0));
    let digits = format!("{:.0}", (value.abs() / step).round() * step);
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|part| std::str::from_utf8(part).expect("digits"))
        .collect();
    format!("{}{}", if value < 0.0 { "-" } else { "" }, parts.join(","))
}

fn short(value: f64) -> String {
    let text = if value.abs() < 10.0 { format!("{value:.2}") } else { grouped(value) };
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_as_in_the_tables() {
        let told = [19_279.4, -9_999.6, 1_881.2, 999_960.0, 12.4, 0.0].map(grouped);
        assert_eq!(told, ["19,280", "-10,000", "1,881", "1,000,000", "12", "0"]);
    }
}
