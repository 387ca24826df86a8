//! The processor's time of a server and of its database (Linux).

use std::collections::HashMap;
use std::fs;

pub struct Processor {
    server: u32,
    /// PostgreSQL's first process, whose children serve connections.
    database: Option<u32>,
}

/// Nanoseconds of each thread.
pub struct Moment(HashMap<(u32, u32), u64>);

impl Processor {
    pub fn of(server: u32, database: &str) -> Self {
        Processor { server, database: database.starts_with("postgres").then(|| postmaster(database)) }
    }

    pub fn now(&self) -> Moment {
        let mut moment = HashMap::new();
        let mut add = |process: u32| {
            for thread in numbers(&format!("/proc/{process}/task")) {
                let stat = fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat"));
                let spent = stat.ok().and_then(|stat| stat.split(' ').next()?.parse().ok());
                moment.insert((process, thread), spent.unwrap_or_default());
            }
        };
        add(self.server);
        if let Some(database) = self.database {
            add(database);
            children(database).into_iter().for_each(add);
        }
        Moment(moment)
    }

    /// Milliseconds.
    pub fn since(&self, before: &Moment) -> f64 {
        let spent = self
            .now()
            .0
            .into_iter()
            .map(|(thread, now)| now.saturating_sub(before.0.get(&thread).copied().unwrap_or_default()));
        spent.sum::<u64>() as f64 / 1e6
    }

    /// MiB of a process that are in memory.
    pub fn memory(process: u32) -> f64 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.unwrap_or_default() / 1_024.0
    }
}

fn numbers(folder: &str) -> Vec<u32> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn children(parent: u32) -> Vec<u32> {
    let is_child = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // Behind the name in brackets: the state, then the parent.
        stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok()) == Some(parent)
    };
    numbers("/proc").into_iter().filter(is_child).collect()
}

/// The process that listens on the port of an address.
fn postmaster(url: &str) -> u32 {
    let port =
        url.rsplit_once('/').and_then(|(server, _)| server.rsplit_once(':')).map_or("5432", |(_, port)| port);
    let listens = |process: &u32| {
        let command = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let words: Vec<&str> = command.split('\0').collect();
        words.first().is_some_and(|program| program.ends_with("/postgres"))
            && words.windows(2).any(|two| two == ["-p", port])
    };
    numbers("/proc")
        .into_iter()
        .find(listens)
        .expect("PostgreSQL runs on this machine, with its port as an argument")
}
