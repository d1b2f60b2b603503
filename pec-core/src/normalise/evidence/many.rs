//! Many files on several threads, with what reading them one after the other gives.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{EvidenceError, EvidenceSummary, ManifestFile, read};
use crate::access::Evidence;

/// What a file gives by itself.
type Part<E> = Result<(Evidence, EvidenceSummary), E>;

/// The files read so far, in their order.
struct Joined<E> {
    evidence: Evidence,
    summaries: Vec<EvidenceSummary>,
    /// What was read before its turn.
    waiting: BTreeMap<usize, Part<E>>,
    error: Option<E>,
}

impl<E> Joined<E> {
    /// Takes what a file gives, and all that waited for it; `false` where one of them cannot be used.
    fn add(&mut self, number: usize, part: Part<E>) -> bool {
        self.waiting.insert(number, part);
        while let Some(part) = self.waiting.remove(&self.summaries.len()).filter(|_| self.error.is_none()) {
            match part {
                Ok((evidence, summary)) => {
                    self.evidence.merge(evidence);
                    self.summaries.push(summary);
                }
                Err(error) => self.error = Some(error),
            }
        }
        self.error.is_none()
    }
}

/// Reads the files of a manifest into the evidence, on this many threads; `load` gives the content of one. The summaries come
/// in the order of the files, and the threads change nothing in what is read.
///
/// # Errors
///
/// What the first file that cannot be loaded or used says; the evidence is then as it was.
pub fn read_all<E: From<EvidenceError> + Send>(
    evidence: &mut Evidence,
    files: &[ManifestFile],
    threads: NonZeroUsize,
    load: impl Fn(&ManifestFile) -> Result<Vec<u8>, E> + Sync,
) -> Result<Vec<EvidenceSummary>, E> {
    let joined =
        Joined { evidence: Evidence::new(), summaries: Vec::new(), waiting: BTreeMap::new(), error: None::<E> };
    let (next, stopped, joined) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(joined));
    let part = |file: &ManifestFile| -> Part<E> {
        let (content, mut part) = (load(file)?, Evidence::new());
        let summary = read(&mut part, &file.input(&content))?;
        Ok((part, summary))
    };
    let work = || {
        while !stopped.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(number) else { return };
            let part = part(file);
            if !joined.lock().unwrap_or_else(PoisonError::into_inner).add(number, part) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        (1..threads.get().min(files.len())).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    let Joined { evidence: read, summaries, error, .. } = joined.into_inner().unwrap_or_else(PoisonError::into_inner);
    match error {
        Some(error) => Err(error),
        None => {
            evidence.merge(read);
            Ok(summaries)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::TAKEN_AT;
    use super::*;

    /// The samples as files of a manifest, from one of them on and round.
    fn files(first: usize) -> (Vec<ManifestFile>, Vec<&'static str>) {
        let order = samples::ALL.iter().cycle().skip(first).take(samples::ALL.len());
        let file = |(number, (kind, text)): (usize, &(_, &'static str))| {
            let file = ManifestFile {
                path: number.to_string(),
                kind: *kind,
                taken_at: TAKEN_AT,
                complete: number % 2 == 0,
                subscriptions: vec!["S1".to_owned()],
                identities: vec!["p2".to_owned(), "P1".to_owned(), "o9".to_owned()],
                group: None,
                from: None,
            };
            (file, *text)
        };
        order.enumerate().map(file).unzip()
    }

    fn content(texts: &[&'static str], file: &ManifestFile) -> Vec<u8> {
        file.path.parse().ok().and_then(|number: usize| texts.get(number)).map_or_else(Vec::new, |text| (*text).into())
    }

    #[test]
    fn threads_change_nothing() {
        for first in 0..samples::ALL.len() {
            let (files, texts) = files(first);
            let (mut expected, mut summaries) = (Evidence::new(), Vec::new());
            for file in &files {
                summaries.push(read(&mut expected, &file.input(&content(&texts, file))).unwrap());
            }
            for threads in [1, 2, 5] {
                let (mut evidence, threads) = (Evidence::new(), NonZeroUsize::new(threads).unwrap());
                let (before, after) = files.split_at(3);
                let mut read: Vec<EvidenceSummary> = Vec::new();
                for some in [before, after] {
                    let load = |file: &ManifestFile| Ok::<_, EvidenceError>(content(&texts, file));
                    read.extend(read_all(&mut evidence, some, threads, load).unwrap());
                }
                assert_eq!(read, summaries);
                assert_eq!(evidence.to_bytes(), expected.to_bytes(), "from {first}");
            }
        }
    }

    #[test]
    fn the_first_file_that_cannot_be_used_is_told() {
        let (files, texts) = files(0);
        let broken = |file: &ManifestFile| match file.path.as_str() {
            "4" | "11" => Ok::<_, EvidenceError>(b"{".to_vec()),
            _ => Ok(content(&texts, file)),
        };
        for threads in [1, 2, 5] {
            let mut evidence = Evidence::new();
            let found = read_all(&mut evidence, &files, NonZeroUsize::new(threads).unwrap(), broken);
            assert!(found.unwrap_err().to_string().starts_with("4: "));
            assert!(evidence.is_empty());
        }
    }
}
