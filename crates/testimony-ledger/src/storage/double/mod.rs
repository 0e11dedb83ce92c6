//! A disk in memory for tests. It keeps what was written apart from what is durable, counts every step, can fail or end
//! the process at any one of them, can be full, and can lose power.
//!
//! The same steps and seeds give the same bytes.

mod dice;
mod fault;
mod image;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::fault::{Effect, Step};
use self::image::Image;
use super::{Append, Lock, Overwrite, Storage, UNFINISHED};

pub use dice::Dice;
pub use fault::Fault;
pub use image::Survives;

/// A disk in memory, as one process sees it. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct Double(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    image: Image,
    locked: BTreeSet<PathBuf>,
    steps: u64,
    faults: BTreeMap<u64, Fault>,
    dead: bool,
    capacity: Option<usize>,
    number: Number,
}

/// No two disks have the same.
#[derive(Debug)]
struct Number(u64);

impl Default for Number {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Double {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets this happen at step number `step`, counted from 0 over all calls that change what is there or make it
    /// durable.
    pub fn fail_at(&self, step: u64, fault: Fault) {
        self.state().faults.insert(step, fault);
    }

    /// Gives a file other bytes, as someone would who has the disk in hand.
    pub fn plant(&self, file: &Path, bytes: Vec<u8>) {
        self.state().image.insert(file, bytes);
    }

    /// Changes the lowest bit of the byte at `offset`, where there is one, behind the writer's back.
    pub fn flip(&self, file: &Path, offset: usize) {
        let mut state = self.state();
        let bytes = state.image.file(file).map(|file| file.written());
        let byte = bytes.as_ref().and_then(|bytes| bytes.get(offset));
        if let (Some(&byte), Some(file)) = (byte, state.image.file(file)) {
            file.write(offset, &[byte ^ 1]);
        }
    }

    /// Takes back faults that have not happened yet, and gives room without end.
    pub fn heal(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.capacity = None;
    }

    /// How many steps have been made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Whether the process has died at a step.
    #[must_use]
    pub fn dead(&self) -> bool {
        self.state().dead
    }

    /// Sets how many bytes all files together may take. A write that finds less room writes what fits, and fails with
    /// [`io::ErrorKind::StorageFull`].
    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.state().capacity = bytes;
    }

    /// Bytes that all files take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.state().image.bytes()
    }

    /// The disk as it is after the machine lost power. Locks, faults and the capacity are gone.
    #[must_use]
    pub fn after_power_loss(&self, survives: Survives) -> Self {
        Self::holding(self.state().image.surviving(survives))
    }

    /// The disk as it is after the process died: everything written is there, and no more durable than it was. Locks,
    /// faults and the capacity are gone.
    #[must_use]
    pub fn after_process_death(&self) -> Self {
        Self::holding(self.state().image.clone())
    }

    /// Writes what is there to a real directory, in which the double's `root` is `directory`.
    ///
    /// # Errors
    /// What the system says.
    pub fn copy_to(&self, root: &Path, directory: &Path) -> io::Result<()> {
        for (path, bytes) in self.state().image.files() {
            let real = directory.join(path.strip_prefix(root).map_err(io::Error::other)?);
            std::fs::create_dir_all(real.parent().unwrap_or(directory))?;
            std::fs::write(real, bytes)?;
        }
        Ok(())
    }

    fn holding(image: Image) -> Self {
        Self(Arc::new(Mutex::new(State { image, ..State::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Nothing that a dead process does has effect, and it learns nothing.
    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(io::Error::other("the process is dead")) } else { Ok(()) }
    }

    /// Counts a step.
    fn step(&mut self) -> io::Result<Step> {
        self.alive()?;
        let fault = self.faults.remove(&self.steps);
        self.steps += 1;
        self.dead = fault.is_some_and(Fault::dies);
        Ok(Step(fault))
    }

    fn sync(&mut self, file: &Path) -> io::Result<()> {
        let step = self.step()?;
        let file = self.image.file(file).ok_or_else(not_found)?;
        match step.effect() {
            Effect::Nothing => {}
            Effect::Half => file.sync_half(),
            Effect::Whole => file.sync(),
        }
        step.answer()
    }

    /// How many of so many bytes still fit.
    fn room_for(&self, bytes: usize) -> usize {
        let room = self.capacity.map(|most| most.saturating_sub(self.image.bytes()));
        room.map_or(bytes, |room| room.min(bytes))
    }
}

fn not_found() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

fn full_unless(fits: bool) -> io::Result<()> {
    if fits { Ok(()) } else { Err(io::Error::from(io::ErrorKind::StorageFull)) }
}

impl Storage for Double {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        let step = state.step()?;
        if step.effect() >= Effect::Half {
            state.image.make_dir(dir);
        }
        if let Some(parent) = dir.parent().filter(|_| step.effect() == Effect::Whole) {
            state.image.sync_names(parent, true);
        }
        step.answer()
    }

    fn place(&self, dir: &Path) -> io::Result<PathBuf> {
        let number = self.state().number.0.to_string();
        let plain = dir.strip_prefix("/").unwrap_or(dir);
        Ok(Path::new("/double").join(number).join(plain))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.alive()?;
        if state.image.has_dir(dir) { Ok(state.image.names(dir)) } else { Err(not_found()) }
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        state.alive()?;
        state.image.file(file).map(|file| file.written()).ok_or_else(not_found)
    }

    fn create(&self, file: &Path) -> io::Result<Box<dyn Append>> {
        let mut state = self.state();
        let step = state.step()?;
        match state.image.file(file).map(|there| there.len()) {
            None if step.effect() >= Effect::Half => state.image.insert(file, Vec::new()),
            None | Some(0) => {}
            Some(_) => return Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        }
        step.answer()?;
        Ok(Box::new(Open { disk: self.clone(), path: file.to_owned() }))
    }

    /// Two steps: writing the bytes, and giving them their name.
    fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let unfinished = file.with_file_name(UNFINISHED);
        let step = state.step()?;
        let fits = state.room_for(bytes.len());
        if step.effect() >= Effect::Half {
            let landed = bytes.get(..step.share(bytes.len()).min(fits)).unwrap_or_default();
            state.image.insert(&unfinished, landed.to_vec());
        }
        step.answer()?;
        full_unless(fits == bytes.len())?;
        let step = state.step()?;
        if step.effect() >= Effect::Half {
            state.image.rename(&unfinished, file);
        }
        if let Some(parent) = file.parent().filter(|_| step.effect() == Effect::Whole) {
            state.image.sync_names(parent, true);
        }
        step.answer()
    }

    fn open(&self, file: &Path) -> io::Result<Box<dyn Overwrite>> {
        let mut state = self.state();
        state.alive()?;
        state.image.file(file).ok_or_else(not_found)?;
        Ok(Box::new(Open { disk: self.clone(), path: file.to_owned() }))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        let mut state = self.state();
        let step = state.step()?;
        state.image.file(file).ok_or_else(not_found)?;
        if step.effect() >= Effect::Half {
            state.image.remove(file);
        }
        if let Some(parent) = file.parent().filter(|_| step.effect() == Effect::Whole) {
            state.image.sync_names(parent, true);
        }
        step.answer()
    }

    fn sync(&self, file: &Path) -> io::Result<()> {
        self.state().sync(file)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        let step = state.step()?;
        if step.effect() >= Effect::Half {
            state.image.sync_names(dir, step.effect() == Effect::Whole);
        }
        step.answer()
    }

    fn lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        let mut state = self.state();
        state.alive()?;
        if !state.locked.insert(file.to_owned()) {
            return Ok(None);
        }
        Ok(Some(Box::new(Locked { disk: self.clone(), path: file.to_owned() })))
    }
}

#[derive(Debug)]
struct Locked {
    disk: Double,
    path: PathBuf,
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.disk.state().locked.remove(&self.path);
    }
}

#[derive(Debug)]
struct Open {
    disk: Double,
    path: PathBuf,
}

impl Append for Open {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let step = state.step()?;
        let fits = state.room_for(bytes.len());
        let landed = bytes.get(..step.share(bytes.len()).min(fits)).unwrap_or_default();
        let file = state.image.file(&self.path).ok_or_else(not_found)?;
        file.write(file.len(), landed);
        step.answer()?;
        full_unless(fits == bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.state().sync(&self.path)
    }
}

impl Overwrite for Open {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let step = state.step()?;
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let file = state.image.file(&self.path).ok_or_else(not_found)?;
        if file.len() < at + bytes.len() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        file.write(at, bytes.get(..step.share(bytes.len())).unwrap_or_default());
        step.answer()
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.state().sync(&self.path)
    }
}
