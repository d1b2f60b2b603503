//! What files are called in a pack: their names alone, since a path tells whose computer it was.

use std::collections::{BTreeMap, BTreeSet};

/// Names by path, no two alike.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Names {
    /// The name of a file; of several of one name the later ones get a number.
    pub(super) fn of(&mut self, path: &str) -> &str {
        let Self { known, taken } = self;
        if !known.contains_key(path) {
            let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or("file");
            let unique = (2..).map(|number| format!("{name} ({number})"));
            let mut names = std::iter::once(name.to_owned()).chain(unique);
            let name = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
            known.insert(path.to_owned(), name);
        }
        known.get(path).map_or("", String::as_str)
    }

    /// The name of a file that was asked for before.
    pub(super) fn known(&self, path: &str) -> &str {
        self.known.get(path).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_and_no_name_twice() {
        let mut names = Names::default();
        let named: Vec<_> = ["/home/kim/a.csv", r"C:\Users\kim\a.csv", "b/", "", "/home/kim/a.csv", "a.csv"]
            .map(|path| names.of(path).to_owned())
            .into();
        assert_eq!(named, ["a.csv", "a.csv (2)", "b", "file", "a.csv", "a.csv (3)"]);
    }
}
