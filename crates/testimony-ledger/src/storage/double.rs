//! A disk in memory for tests. It keeps what was written apart from what is durable, counts every step, and can fail
//! at any one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Append, Lock, Storage, UNFINISHED};

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The step fails and has no effect.
    Fails,
    /// The step fails, and yet what it should have written is there.
    FailsButLanded,
    /// The step fails half-way: half of what it should have written is there.
    Tears,
}

/// A disk in memory.
#[derive(Debug, Clone, Default)]
pub struct Double(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    dirs: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, FileState>,
    locked: BTreeSet<PathBuf>,
    steps: u64,
    fault: Option<(u64, Fault)>,
}

#[derive(Debug, Default, Clone)]
struct FileState {
    written: Vec<u8>,
    durable: usize,
    name_durable: bool,
}

impl Double {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets step number `step` (counted from 0 over appends, syncs, creations and directory syncs) fail.
    pub fn fail_at(&self, step: u64, fault: Fault) {
        self.state().fault = Some((step, fault));
    }

    /// How many steps have been made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Changes the lowest bit of the byte at `offset`, where there is one, behind the writer's back.
    pub fn flip(&self, file: &Path, offset: usize) {
        let mut state = self.state();
        let byte = state.files.get_mut(file).and_then(|file| file.written.get_mut(offset));
        if let Some(byte) = byte {
            *byte ^= 1;
        }
    }

    /// The disk as it is after the machine lost power: only durable bytes of durable names. Locks are gone.
    #[must_use]
    pub fn after_power_loss(&self) -> Self {
        let state = self.state();
        let survivors = state.files.iter().filter(|(_, file)| file.name_durable);
        let files = survivors.map(|(path, file)| (path.clone(), file.truncated())).collect();
        Self(Arc::new(Mutex::new(State { dirs: state.dirs.clone(), files, ..State::default() })))
    }

    /// The disk as it is after the process died: everything written is there, locks are gone.
    #[must_use]
    pub fn after_process_death(&self) -> Self {
        let state = self.state();
        let (dirs, files) = (state.dirs.clone(), state.files.clone());
        Self(Arc::new(Mutex::new(State { dirs, files, ..State::default() })))
    }

    /// Writes what is there to a real directory, in which the double's `root` is `directory`.
    ///
    /// # Errors
    /// What the system says.
    pub fn copy_to(&self, root: &Path, directory: &Path) -> io::Result<()> {
        for (path, file) in &self.state().files {
            let real = directory.join(path.strip_prefix(root).map_err(io::Error::other)?);
            std::fs::create_dir_all(real.parent().unwrap_or(directory))?;
            std::fs::write(real, &file.written)?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileState {
    fn truncated(&self) -> Self {
        let written = self.written.get(..self.durable).unwrap_or_default().to_vec();
        Self { written, durable: self.durable, name_durable: true }
    }
}

impl State {
    /// Counts a step, and says whether it is the one to fail.
    fn step(&mut self) -> Option<Fault> {
        let now = self.steps;
        self.steps += 1;
        self.fault.filter(|(step, _)| *step == now).map(|(_, fault)| fault)
    }
}

fn injected() -> io::Error {
    io::Error::other("injected fault")
}

fn not_found() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl Storage for Double {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.state().dirs.insert(dir.to_owned());
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        if !state.dirs.contains(dir) {
            return Err(not_found());
        }
        let paths = state.files.keys().chain(&state.dirs).filter(|path| path.parent() == Some(dir));
        Ok(paths
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect())
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        self.state().files.get(file).map(|file| file.written.clone()).ok_or_else(not_found)
    }

    fn create(&self, file: &Path) -> io::Result<Box<dyn Append>> {
        let mut state = self.state();
        let fault = state.step();
        if matches!(fault, Some(Fault::Fails)) {
            return Err(injected());
        }
        if state.files.insert(file.to_owned(), FileState::default()).is_some() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        if fault.is_some() {
            Err(injected())
        } else {
            Ok(Box::new(Open { disk: self.clone(), path: file.to_owned() }))
        }
    }

    fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let fault = state.step();
        let whole = FileState { written: bytes.to_vec(), durable: bytes.len(), name_durable: true };
        match fault {
            None | Some(Fault::FailsButLanded) => state.files.insert(file.to_owned(), whole),
            Some(Fault::Tears) => {
                let half = FileState {
                    written: bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec(),
                    ..whole
                };
                state.files.insert(file.with_file_name(UNFINISHED), half)
            }
            Some(Fault::Fails) => None,
        };
        fault.map_or(Ok(()), |_| Err(injected()))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        let fault = state.step();
        if fault.is_none_or(|fault| fault == Fault::FailsButLanded) {
            let inside = state.files.iter_mut().filter(|(path, _)| path.parent() == Some(dir));
            inside.for_each(|(_, file)| file.name_durable = true);
        }
        fault.map_or(Ok(()), |_| Err(injected()))
    }

    fn lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        if !self.state().locked.insert(file.to_owned()) {
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
        let fault = state.step();
        let landed = match fault {
            None | Some(Fault::FailsButLanded) => bytes.len(),
            Some(Fault::Tears) => bytes.len() / 2,
            Some(Fault::Fails) => 0,
        };
        let file = state.files.get_mut(&self.path).ok_or_else(not_found)?;
        file.written.extend_from_slice(bytes.get(..landed).unwrap_or_default());
        fault.map_or(Ok(()), |_| Err(injected()))
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let fault = state.step();
        let file = state.files.get_mut(&self.path).ok_or_else(not_found)?;
        file.durable = match fault {
            None | Some(Fault::FailsButLanded) => file.written.len(),
            Some(Fault::Tears) => file.durable.midpoint(file.written.len()),
            Some(Fault::Fails) => file.durable,
        };
        fault.map_or(Ok(()), |_| Err(injected()))
    }
}
