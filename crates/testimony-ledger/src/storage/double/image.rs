//! What a disk holds: files whose writes have not all landed, and names that may not be durable.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::dice::Dice;

/// What of the unsynced survives when the machine loses power. What is synced always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survives {
    /// Nothing.
    Nothing,
    /// Everything: the system had written it of its own accord.
    Everything,
    /// Some of it, chosen by this seed. Each name survives or does not; of each file's writes survive none, all, a
    /// prefix that may be torn, any pieces with zero bytes where others are missing, or only the length.
    Some(u64),
}

/// The files and directories.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    /// Whether each directory's name is durable.
    dirs: BTreeMap<PathBuf, bool>,
    files: BTreeMap<PathBuf, Contents>,
    /// Files whose removal is not durable: they may come back.
    removed: BTreeMap<PathBuf, Contents>,
}

/// One file.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    durable: Vec<u8>,
    /// In the order in which they were made.
    unsynced: Vec<Write>,
    name_durable: bool,
}

#[derive(Debug, Clone)]
struct Write {
    at: usize,
    bytes: Vec<u8>,
}

impl Image {
    pub(super) fn has_dir(&self, dir: &Path) -> bool {
        self.dirs.contains_key(dir)
    }

    pub(super) fn make_dir(&mut self, dir: &Path) {
        self.dirs.entry(dir.to_owned()).or_insert(false);
    }

    pub(super) fn file(&mut self, path: &Path) -> Option<&mut Contents> {
        self.files.get_mut(path)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&PathBuf, Vec<u8>)> {
        self.files.iter().map(|(path, file)| (path, file.written()))
    }

    pub(super) fn insert(&mut self, path: &Path, durable: Vec<u8>) {
        let name_durable = self.files.get(path).is_some_and(|file| file.name_durable);
        let file = Contents { durable, unsynced: Vec::new(), name_durable };
        self.files.insert(path.to_owned(), file);
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        if let Some(file) = self.files.remove(from) {
            self.files.insert(to.to_owned(), Contents { name_durable: false, ..file });
        }
    }

    pub(super) fn remove(&mut self, path: &Path) {
        if let Some(file) = self.files.remove(path) {
            self.removed.insert(path.to_owned(), file);
        }
    }

    /// The names in a directory.
    pub(super) fn names(&self, dir: &Path) -> Vec<String> {
        let paths = self.files.keys().chain(self.dirs.keys());
        let inside = paths.filter(|path| path.parent() == Some(dir));
        inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
    }

    /// Makes the names in a directory durable, or only every second one.
    pub(super) fn sync_names(&mut self, dir: &Path, all: bool) {
        self.removed.retain(|path, _| !all || path.parent() != Some(dir));
        let files = self.files.iter_mut().map(|(path, file)| (path, &mut file.name_durable));
        let names =
            files.chain(self.dirs.iter_mut()).filter(|(path, _)| path.parent() == Some(dir));
        for (n, (_, durable)) in names.filter(|(_, durable)| !**durable).enumerate() {
            *durable = all || n % 2 == 0;
        }
    }

    /// Bytes that all files take.
    pub(super) fn bytes(&self) -> usize {
        self.files.values().map(Contents::len).sum()
    }

    /// The image after the machine lost power.
    pub(super) fn surviving(&self, survives: Survives) -> Self {
        let mut fate = Fate::new(survives);
        let mut left = Self::default();
        for (path, &durable) in &self.dirs {
            // Sorted, so that a directory comes after the one that holds it.
            let held = path.parent().is_none_or(|parent| {
                !self.dirs.contains_key(parent) || left.dirs.contains_key(parent)
            });
            if held && fate.name(durable) {
                left.dirs.insert(path.clone(), true);
            }
        }
        let removed = self.removed.iter().filter(|(path, _)| !self.files.contains_key(*path));
        let back: Vec<_> = removed.filter(|_| !fate.name(false)).collect();
        for (path, file) in self.files.iter().chain(back) {
            let held = path.parent().is_some_and(|parent| left.dirs.contains_key(parent));
            if held && fate.name(file.name_durable) {
                let durable = fate.content(file);
                left.files.insert(
                    path.clone(),
                    Contents { durable, unsynced: Vec::new(), name_durable: true },
                );
            }
        }
        left
    }
}

impl Contents {
    pub(super) fn len(&self) -> usize {
        let ends = self.unsynced.iter().map(|write| write.at + write.bytes.len());
        ends.fold(self.durable.len(), usize::max)
    }

    /// What a reader sees, whether it is durable or not.
    pub(super) fn written(&self) -> Vec<u8> {
        self.landed(&self.unsynced)
    }

    fn landed(&self, writes: &[Write]) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        for write in writes {
            write.land(&mut bytes);
        }
        bytes
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        self.unsynced.push(Write { at, bytes: bytes.to_vec() });
    }

    pub(super) fn sync(&mut self) {
        self.durable = self.written();
        self.unsynced.clear();
    }

    /// Makes the first half of what is unsynced durable: of several writes the earlier ones, of one its beginning.
    pub(super) fn sync_half(&mut self) {
        let mut rest = self.unsynced.split_off(self.unsynced.len() / 2);
        self.sync();
        if let Some(first) = rest.first_mut() {
            let later = first.bytes.split_off(first.bytes.len() / 2);
            first.land(&mut self.durable);
            *first = Write { at: first.at + first.bytes.len(), bytes: later };
        }
        self.unsynced = rest;
    }
}

impl Write {
    /// Bytes that nothing was written to before are zero.
    fn land(&self, bytes: &mut Vec<u8>) {
        let end = self.at + self.bytes.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes.splice(self.at..end, self.bytes.iter().copied());
    }

    /// Cuts the write into a few pieces at random places.
    fn pieces(&self, dice: &mut Dice) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut at, mut rest) = (self.at, self.bytes.as_slice());
        while !rest.is_empty() {
            let (piece, later) = rest.split_at(1 + dice.index(rest.len()));
            pieces.push(Self { at, bytes: piece.to_vec() });
            (at, rest) = (at + piece.len(), later);
        }
        pieces
    }
}

/// Decides what survives.
enum Fate {
    Fixed(bool),
    Chance(Dice),
}

impl Fate {
    fn new(survives: Survives) -> Self {
        match survives {
            Survives::Nothing => Self::Fixed(false),
            Survives::Everything => Self::Fixed(true),
            Survives::Some(seed) => Self::Chance(Dice::new(seed)),
        }
    }

    fn name(&mut self, durable: bool) -> bool {
        durable
            || match self {
                Self::Fixed(survives) => *survives,
                Self::Chance(dice) => dice.heads(),
            }
    }

    fn content(&mut self, file: &Contents) -> Vec<u8> {
        match self {
            Self::Fixed(false) => file.durable.clone(),
            Self::Fixed(true) => file.written(),
            Self::Chance(dice) => some(file, dice),
        }
    }
}

fn some(file: &Contents, dice: &mut Dice) -> Vec<u8> {
    let writes = &file.unsynced;
    match dice.below(5) {
        0 => file.durable.clone(),
        1 => file.written(),
        2 => torn_prefix(file, dice),
        3 => {
            let pieces: Vec<Write> = writes.iter().flat_map(|write| write.pieces(dice)).collect();
            file.landed(&pieces.into_iter().filter(|_| dice.heads()).collect::<Vec<_>>())
        }
        _ => {
            let mut bytes = file.durable.clone();
            let grown = dice.index(1 + file.len() - bytes.len());
            bytes.resize(bytes.len() + grown, 0);
            bytes
        }
    }
}

/// Some of the first writes, the last of them perhaps only in part.
fn torn_prefix(file: &Contents, dice: &mut Dice) -> Vec<u8> {
    let mut left = file.unsynced.clone();
    left.truncate(dice.index(1 + left.len()));
    if let Some(last) = left.last_mut() {
        last.bytes.truncate(dice.index(1 + last.bytes.len()));
    }
    file.landed(&left)
}
