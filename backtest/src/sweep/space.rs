//! The space of parameters that a sweep searches, and which of its points.

use bench_fixtures::rng::Rng;

/// The values of one parameter, in rising or any given order; at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The parameter's name.
    pub name: String,
    /// Its values.
    pub values: Vec<f64>,
}

/// More values than anybody sweeps along one parameter.
const MAX_VALUES: f64 = 1e6;

impl Axis {
    /// Reads `name=2..41` (both ends), `name=50..290:10` (in steps of ten) or
    /// `name=1,2,5`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, list) = text.split_once('=')?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        let values = if let Some((first, rest)) = list.split_once("..") {
            let (end, step) = rest.split_once(':').unwrap_or((rest, "1"));
            let end = end.strip_prefix('=').unwrap_or(end);
            steps(number(first)?, number(end)?, number(step)?)?
        } else {
            list.split(',').map(number).collect::<Option<Vec<_>>>()?
        };
        let name = name.trim();
        (!name.is_empty() && !values.is_empty()).then(|| Self {
            name: name.to_owned(),
            values,
        })
    }
}

/// The values from `first` in steps up to `last`, which counts when it is met but
/// for rounding.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count between 1 and MAX_VALUES"
)]
fn steps(first: f64, last: f64, step: f64) -> Option<Vec<f64>> {
    let n = ((last - first) / step + 1e-9).floor();
    if !(step > 0.0 && (0.0..MAX_VALUES).contains(&n)) {
        return None;
    }
    // Rounded, so that 0.1 and three steps of 0.1 make 0.4.
    let value = |idx: usize| ((first + idx as f64 * step) * 1e9).round() / 1e9;
    Some((0..=n as usize).map(value).collect())
}

/// Which points of a space are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// All of them.
    #[default]
    Grid,
    /// So many, each drawn by itself; a point may come twice.
    Random(usize),
    /// So many, spread so that every part of every axis is met equally often
    /// (McKay, Beckman and Conover, Technometrics 21, 1979).
    LatinHypercube(usize),
}

/// Axes, and how points are taken from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// The parameters; the last one changes fastest.
    pub axes: Vec<Axis>,
    /// Which points.
    pub sampling: Sampling,
    /// What random points are drawn from.
    pub seed: u64,
}

impl Space {
    /// How many points are run, or `None` when they cannot be counted.
    pub fn n_points(&self) -> Option<usize> {
        match self.sampling {
            Sampling::Grid => self
                .axes
                .iter()
                .try_fold(1_usize, |n, axis| n.checked_mul(axis.values.len())),
            Sampling::Random(n) | Sampling::LatinHypercube(n) => Some(n),
        }
    }

    /// The points, each a value for every parameter.
    pub(super) fn points(&self) -> Vec<Vec<(String, f64)>> {
        let places = match self.sampling {
            Sampling::Grid => self.grid(),
            Sampling::Random(n) => self.random(n),
            Sampling::LatinHypercube(n) => self.latin_hypercube(n),
        };
        let point = |places: Vec<usize>| {
            let axes = self.axes.iter().zip(places);
            axes.map(|(axis, place)| (axis.name.clone(), axis.values[place]))
                .collect()
        };
        places.into_iter().map(point).collect()
    }

    fn grid(&self) -> Vec<Vec<usize>> {
        let mut points = vec![Vec::new()];
        for axis in &self.axes {
            let longer = |point: &Vec<usize>| {
                let point = point.clone();
                (0..axis.values.len()).map(move |place| [point.as_slice(), &[place]].concat())
            };
            points = points.iter().flat_map(longer).collect();
        }
        points
    }

    fn random(&self, n: usize) -> Vec<Vec<usize>> {
        let mut dice = Rng::labelled(self.seed, "sweep");
        let mut point = || {
            let axes = self.axes.iter();
            axes.map(|axis| dice.index(axis.values.len())).collect()
        };
        (0..n).map(|_| point()).collect()
    }

    fn latin_hypercube(&self, n: usize) -> Vec<Vec<usize>> {
        let mut dice = Rng::labelled(self.seed, "sweep");
        let mut points = vec![Vec::new(); n];
        for axis in &self.axes {
            let mut strata: Vec<usize> = (0..n).collect();
            dice.shuffle(&mut strata);
            for (point, stratum) in points.iter_mut().zip(strata) {
                // Which value lies at a random place of the stratum.
                let at = (stratum as f64 + dice.uniform()) / n as f64;
                point.push(place(at, axis.values.len()));
            }
        }
        points
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count"
)]
fn place(share: f64, n: usize) -> usize {
    ((share * n as f64) as usize).min(n - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&[f64]>) {
        let values = Axis::parse(text).map(|axis| axis.values);
        assert_eq!(values.as_deref(), expected, "{text}");
    }

    #[test]
    fn ranges_have_both_ends() {
        check("fast=2..5", Some(&[2.0, 3.0, 4.0, 5.0]));
        check("slow=50..70:10", Some(&[50.0, 60.0, 70.0]));
        check("slow=50..75:10", Some(&[50.0, 60.0, 70.0]));
        check("share=0.1..0.4:0.1", Some(&[0.1, 0.2, 0.3, 0.4]));
        check("fast=3", Some(&[3.0]));
        check("fast=1,5,2", Some(&[1.0, 5.0, 2.0]));
        for wrong in [
            "fast",
            "=1",
            "fast=",
            "fast=5..2",
            "fast=1..2:0",
            "fast=1..2:-1",
            "fast=a..b",
            "fast=1..1e9",
        ] {
            check(wrong, None);
        }
    }

    fn space(sampling: Sampling) -> Space {
        let axes = ["a=1..4", "b=1..2"].map(|text| Axis::parse(text).expect("an axis"));
        Space {
            axes: axes.into(),
            sampling,
            seed: 1,
        }
    }

    #[test]
    fn a_grid_is_every_combination_once() {
        let points = space(Sampling::Grid).points();
        assert_eq!(points.len(), 8);
        let values = |point: &Vec<(String, f64)>| (point[0].1, point[1].1);
        assert_eq!(values(&points[0]), (1.0, 1.0));
        assert_eq!(values(&points[1]), (1.0, 2.0));
        assert_eq!(values(&points[7]), (4.0, 2.0));
    }

    #[test]
    fn a_latin_hypercube_meets_every_value_equally_often() {
        let points = space(Sampling::LatinHypercube(8)).points();
        let mut met: Vec<_> = points.iter().map(|point| point[0].1.to_string()).collect();
        met.sort();
        assert_eq!(met, ["1", "1", "2", "2", "3", "3", "4", "4"]);
        assert_eq!(points, space(Sampling::LatinHypercube(8)).points());
    }
}
