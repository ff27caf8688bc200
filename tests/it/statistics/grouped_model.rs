//! Logistic and Poisson regression on groups, against R.

use throughline::statistics::{
    GroupedError, GroupedFamily, GroupedFit, GroupedRow, concordance, grouped_model,
};

use super::near;

/// Admissions of the University of California at Berkeley in 1973, as R's `UCBAdmissions` has them:
/// department, whether women, admitted, applicants.
const APPLICANTS: [(usize, bool, f64, f64); 12] = [
    (0, false, 512.0, 825.0),
    (0, true, 89.0, 108.0),
    (1, false, 353.0, 560.0),
    (1, true, 17.0, 25.0),
    (2, false, 120.0, 325.0),
    (2, true, 202.0, 593.0),
    (3, false, 138.0, 417.0),
    (3, true, 131.0, 375.0),
    (4, false, 53.0, 191.0),
    (4, true, 94.0, 393.0),
    (5, false, 22.0, 373.0),
    (5, true, 24.0, 341.0),
];

/// Columns: women, then departments B to F, then once more the last department.
fn rows() -> Vec<GroupedRow> {
    let row = |(department, women, events, exposure): (usize, bool, f64, f64)| {
        let mut columns: Vec<usize> = if women { vec![0] } else { Vec::new() };
        columns.extend((department > 0).then_some(department));
        columns.extend((department == 5).then_some(6));
        GroupedRow { columns, events, exposure }
    };
    APPLICANTS.map(row).to_vec()
}

fn check(fit: &GroupedFit, expected: [f64; 7]) {
    near(fit.intercept, expected[0], 1e-9);
    for (found, expected) in fit.coefficients.iter().zip(&expected[1..]) {
        near(found.expect("is no combination of others"), *expected, 1e-9);
    }
    assert_eq!(fit.coefficients[6], None, "the last column says what the one before says");
}

/// R 4.2.2: `glm(cbind(y, n - y) ~ Gender + Dept, binomial)`.
#[test]
fn logistic_on_groups_as_r() {
    let fit = grouped_model(GroupedFamily::Logistic, &rows(), 7).expect("a fit");
    check(
        &fit,
        [
            0.582_051_395_276_028_4,
            0.099_870_088_159_349_75,
            -0.043_397_931_209_245_594,
            -1.262_598_022_379_168_8,
            -1.294_606_468_748_172_9,
            -1.739_305_737_815_515_7,
            -3.306_480_055_887_161,
        ],
    );
    near(fit.expected(&[]) * 825.0, 529.269_918_901_119_6, 1e-9);
    let told: Vec<(f64, f64, f64)> = rows()
        .iter()
        .map(|row| (fit.expected(&row.columns), row.events, row.exposure - row.events))
        .collect();
    near(concordance(&told).expect("both"), 0.733_663_575_020_485_9, 1e-12);
}

/// R 4.2.2: `glm(y ~ Gender + Dept + offset(log(n)), poisson)`.
#[test]
fn poisson_on_groups_as_r() {
    let fit = grouped_model(GroupedFamily::Poisson, &rows(), 7).expect("a fit");
    check(
        &fit,
        [
            -0.446_770_763_558_367_3,
            0.058_590_289_880_257_884,
            -0.013_913_422_210_406_723,
            -0.639_112_873_570_638_7,
            -0.661_249_141_552_183_3,
            -0.972_500_866_159_476_8,
            -2.323_881_554_242_705_6,
        ],
    );
    near(fit.expected(&[0, 4]) * 393.0, 100.798_983_577_680_8, 1e-9);
}

/// What is expected adds up to what was observed, of all and of each level.
#[test]
fn expected_events_add_up() {
    for family in [GroupedFamily::Logistic, GroupedFamily::Poisson] {
        let fit = grouped_model(family, &rows(), 7).expect("a fit");
        for column in 0..7 {
            let has = |row: &&GroupedRow| column == 6 || row.columns.contains(&column);
            let of = |count: &dyn Fn(&GroupedRow) -> f64| -> f64 {
                rows().iter().filter(has).map(count).sum()
            };
            let expected = of(&|row| fit.expected(&row.columns) * row.exposure);
            near(expected, of(&|row| row.events), 1e-9);
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let fit = |rows: &[(&[usize], f64, f64)]| {
        let row = |(columns, events, exposure): &(&[usize], f64, f64)| GroupedRow {
            columns: columns.to_vec(),
            events: *events,
            exposure: *exposure,
        };
        let rows: Vec<GroupedRow> = rows.iter().map(row).collect();
        grouped_model(GroupedFamily::Logistic, &rows, 2).expect_err("no model")
    };
    assert_eq!(fit(&[(&[], 0.0, 9.0)]), GroupedError::OneOutcome);
    assert_eq!(fit(&[(&[], 9.0, 9.0), (&[0], 3.0, 3.0)]), GroupedError::OneOutcome);
    assert_eq!(fit(&[(&[], 4.0, 9.0), (&[0], 3.0, 3.0)]), GroupedError::NoMaximum);
    for broken in [(&[][..], 5.0, 4.0), (&[2][..], 1.0, 4.0), (&[], f64::NAN, 4.0), (&[], 0.0, 0.0)]
    {
        assert_eq!(fit(&[broken, (&[], 1.0, 2.0)]), GroupedError::Values, "{broken:?}");
    }
}
