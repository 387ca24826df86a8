//! Who is here: how many places are taken, in all and by each address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A number of places. Cheap to clone.
#[derive(Clone)]
pub struct Crowd {
    places: usize,
    of_address: usize,
    here: Arc<Mutex<Here>>,
}

#[derive(Default)]
struct Here {
    all: usize,
    of_address: HashMap<IpAddr, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    All,
    Address,
}

impl Crowd {
    pub fn new(places: usize, of_address: usize) -> Self {
        Crowd { places, of_address, here: Arc::default() }
    }

    /// Takes a place; it is free again when what is returned is dropped. `None`: an address that does not count, as that
    /// of a proxy, which stands for many.
    pub fn enter(&self, address: Option<IpAddr>) -> Result<Place, Full> {
        let address = address.map(neighbourhood);
        let mut here = self.here();
        if here.all >= self.places {
            return Err(Full::All);
        }
        if let Some(address) = address {
            let own = here.of_address.entry(address).or_default();
            if *own >= self.of_address {
                return Err(Full::Address);
            }
            *own += 1;
        }
        here.all += 1;
        Ok(Place { crowd: self.clone(), address })
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is taken.
pub struct Place {
    crowd: Crowd,
    address: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut here = self.crowd.here();
        here.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(own) = here.of_address.get_mut(&address) {
            *own -= 1;
            if *own == 0 {
                here.of_address.remove(&address);
            }
        }
    }
}

/// Whoever has an address of IPv6 has a whole network of them, and counts as one.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.segments();
            Ipv6Addr::new(network[0], network[1], network[2], network[3], 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(crowd: &Crowd, address: &str) -> Result<Place, Full> {
        crowd.enter(Some(address.parse().unwrap()))
    }

    #[test]
    fn each_address_has_its_places_and_all_have_theirs() {
        let crowd = Crowd::new(4, 2);
        let first = enter(&crowd, "192.0.2.1").unwrap();
        let _second = enter(&crowd, "::ffff:192.0.2.1").unwrap();
        assert_eq!(enter(&crowd, "192.0.2.1").err(), Some(Full::Address));
        let _other = enter(&crowd, "192.0.2.2").unwrap();
        drop(first);
        let _again = enter(&crowd, "192.0.2.1").unwrap();
        let _proxy = crowd.enter(None).unwrap();
        assert_eq!(enter(&crowd, "192.0.2.3").err(), Some(Full::All));
        assert_eq!(crowd.enter(None).err(), Some(Full::All));
    }

    #[test]
    fn nobody_is_remembered_who_has_left() {
        let crowd = Crowd::new(10, 2);
        for host in 0..10 {
            drop(enter(&crowd, &format!("2001:db8::{host}")).unwrap());
        }
        assert!(crowd.here().of_address.is_empty());
        assert_eq!(crowd.here().all, 0);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let crowd = Crowd::new(10, 1);
        let _one = enter(&crowd, "2001:db8:0:1::1").unwrap();
        assert_eq!(enter(&crowd, "2001:db8:0:1:ffff::2").err(), Some(Full::Address));
        assert!(enter(&crowd, "2001:db8:0:2::1").is_ok());
    }
}
