//! What refers to what, in object files.
#![allow(dead_code, reason = "one test asks for paths, the other for sizes")]

mod libraries;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::path::PathBuf;

pub use libraries::libraries;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SymbolIndex, SymbolKind};

/// Functions and data of some object files, and what they refer to.
#[derive(Default)]
pub struct Graph {
    nodes: Vec<Node>,
    /// The nodes that other files can refer to.
    exported: HashMap<String, usize>,
}

/// A function, a piece of data, or what of a section belongs to neither.
struct Node {
    name: String,
    /// The bytes of a function; 0 for all else.
    code: u64,
    uses: Vec<Target>,
}

enum Target {
    /// In the same object file.
    Node(usize),
    /// Wherever this symbol is defined.
    Symbol(String),
}

impl Graph {
    /// Reads all object files of some libraries.
    pub fn read(libraries: &[PathBuf]) -> Self {
        let mut graph = Self::default();
        for path in libraries {
            let data = fs::read(path).expect("the library is there");
            let archive = ArchiveFile::parse(&*data).expect("a library is an archive");
            for member in archive.members() {
                let member = member.expect("a whole archive");
                if member.name().ends_with(b".o") {
                    let data = member.data(&*data).expect("a whole archive");
                    graph.add(&object::File::parse(data).expect("an object file"));
                }
            }
        }
        graph
    }

    fn add(&mut self, file: &object::File<'_>) {
        let mut sections: HashMap<SectionIndex, usize> = HashMap::new();
        let mut symbols: HashMap<SymbolIndex, usize> = HashMap::new();
        for section in file.sections() {
            sections.insert(section.index(), self.push(section.name().unwrap_or_default()));
        }
        for symbol in file.symbols() {
            let Some(&section) = symbol.section_index().and_then(|index| sections.get(&index)) else { continue };
            if symbol.kind() == SymbolKind::Section {
                symbols.insert(symbol.index(), section);
                continue;
            }
            let name = symbol.name().unwrap_or_default();
            let node = self.push(name);
            self.nodes[node].code = if symbol.kind() == SymbolKind::Text { symbol.size() } else { 0 };
            symbols.insert(symbol.index(), node);
            // Who refers to a section by an offset may mean anything in it.
            self.nodes[section].uses.push(Target::Node(node));
            if !symbol.is_local() {
                self.exported.insert(name.to_owned(), node);
            }
        }
        for section in file.sections() {
            let mut places: Vec<_> = file
                .symbols()
                .filter(|symbol| {
                    symbol.section_index() == Some(section.index()) && symbol.kind() != SymbolKind::Section
                })
                .filter_map(|symbol| Some((symbol.address(), *symbols.get(&symbol.index())?)))
                .collect();
            places.sort_unstable();
            for (offset, relocation) in section.relocations() {
                let at = places.partition_point(|(address, _)| *address <= section.address() + offset);
                let node = if at == 0 { sections[&section.index()] } else { places[at - 1].1 };
                let target = match relocation.target() {
                    RelocationTarget::Section(index) => sections.get(&index).copied().map(Target::Node),
                    RelocationTarget::Symbol(index) => match symbols.get(&index) {
                        Some(&node) => Some(Target::Node(node)),
                        None => {
                            let symbol = file.symbol_by_index(index).expect("a relocation names a symbol");
                            Some(Target::Symbol(symbol.name().unwrap_or_default().to_owned()))
                        }
                    },
                    _ => None,
                };
                self.nodes[node].uses.extend(target);
            }
        }
    }

    fn push(&mut self, name: &str) -> usize {
        self.nodes.push(Node { name: name.to_owned(), code: 0, uses: Vec::new() });
        self.nodes.len() - 1
    }

    /// A shortest way from a function to a symbol that is not in these files and `looked_for`, its end first.
    ///
    /// # Errors
    ///
    /// If there is no such function.
    pub fn path_to(&self, function: &str, looked_for: impl Fn(&str) -> bool) -> Result<Option<Vec<String>>, String> {
        let start = self.function(function).ok_or_else(|| format!("there is no function {function}"))?;
        let (mut queue, mut seen) = (VecDeque::from([start]), HashSet::from([start]));
        let mut from: HashMap<usize, usize> = HashMap::new();
        while let Some(node) = queue.pop_front() {
            for target in &self.nodes[node].uses {
                let Some(next) = self.node(target) else {
                    match target {
                        Target::Symbol(name) if looked_for(name) => return Ok(Some(self.path(name, node, &from))),
                        _ => continue,
                    }
                };
                if seen.insert(next) {
                    from.insert(next, node);
                    queue.push_back(next);
                }
            }
        }
        Ok(None)
    }

    /// The bytes of a function and of all functions that it reaches, those left out (and what only they reach) that are not
    /// wanted.
    pub fn code(&self, function: &str, wanted: impl Fn(&str) -> bool) -> Option<u64> {
        let mut open = vec![self.function(function)?];
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            for next in self.nodes[node].uses.iter().filter_map(|target| self.node(target)) {
                if wanted(&self.nodes[next].name) && seen.insert(next) {
                    open.push(next);
                }
            }
        }
        Some(seen.iter().map(|&node| self.nodes[node].code).sum())
    }

    fn function(&self, name: &str) -> Option<usize> {
        self.exported.iter().find(|(symbol, _)| readable(symbol) == name).map(|(_, &node)| node)
    }

    /// What a target is, if it is in these files.
    fn node(&self, target: &Target) -> Option<usize> {
        match target {
            Target::Node(node) => Some(*node),
            Target::Symbol(name) => self.exported.get(name).copied(),
        }
    }

    fn path(&self, end: &str, node: usize, from: &HashMap<usize, usize>) -> Vec<String> {
        let nodes = std::iter::successors(Some(node), |node| from.get(node).copied());
        let names = nodes.map(|node| readable(&self.nodes[node].name)).filter(|name| !name.starts_with('.'));
        std::iter::once(readable(end)).chain(names).collect()
    }
}

/// The name of a symbol as it is in the source, without its hash.
fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
