//! What kind of place an IP address is.
//!
//! After the IANA special-purpose registries, with the metadata services of the clouds added and with addresses that
//! carry an IPv4 address inside judged by what they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::EgressOptions;

/// The kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anybody: a globally reachable unicast address.
    Public,
    /// The operator's own: loopback, RFC 1918, RFC 6598 (carrier-grade NAT) and unique local addresses.
    Private,
    /// Nobody who should be asked: unspecified, link-local, multicast, broadcast, documentation, benchmarking,
    /// reserved, transition mechanisms, and the metadata services of the clouds.
    Never,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

const PRIVATE_V4: [Ipv4Net; 5] = [
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
];

const NEVER_V4: [Ipv4Net; 12] = [
    v4(0, 0, 0, 0, 8),
    v4(100, 100, 100, 200, 32), // metadata of Alibaba Cloud, inside the carrier-grade NAT range
    v4(168, 63, 129, 16, 32),   // host agent of Azure, inside the public range
    v4(169, 254, 0, 0, 16),
    v4(192, 0, 0, 0, 24), // with the metadata of Oracle Cloud
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);
const UNIQUE_LOCAL_V6: Ipv6Net = v6(0xfc00, 0, 0, 7);

/// Inside [`GLOBAL_V6`] and [`UNIQUE_LOCAL_V6`].
const NEVER_V6: [Ipv6Net; 6] = [
    v6(0x2001, 0, 0, 23), // protocol assignments, with Teredo
    v6(0x2001, 0xdb8, 0, 32),
    v6(0x2002, 0, 0, 16), // 6to4
    v6(0x3fff, 0, 0, 20),
    v6(0xfd00, 0xec2, 0, 32), // metadata of AWS
    v6(0xfd20, 0xce, 0, 32),  // metadata of Google Cloud
];

/// The well-known prefix of NAT64, whose last 32 bits are an IPv4 address.
const NAT64_V6: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Judges an address.
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    if NEVER_V4.iter().any(|net| net.contains(&address)) {
        Reach::Never
    } else if PRIVATE_V4.iter().any(|net| net.contains(&address)) {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(inner) = address.to_ipv4_mapped() {
        return reach_v4(inner);
    }
    if NAT64_V6.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return reach_v4(Ipv4Addr::new(a, b, c, d));
    }
    if NEVER_V6.iter().any(|net| net.contains(&address)) {
        Reach::Never
    } else if address.is_loopback() || UNIQUE_LOCAL_V6.contains(&address) {
        Reach::Private
    } else if GLOBAL_V6.contains(&address) {
        Reach::Public
    } else {
        Reach::Never
    }
}

/// Which addresses a client may dial.
#[derive(Clone)]
pub(crate) enum Filter {
    /// Public ones, and private ones in these networks.
    Guarded(Arc<[IpNet]>),
    /// Public and private ones, because the operator named the place.
    Owned,
}

impl Filter {
    pub(crate) fn guarded(options: &EgressOptions) -> Self {
        Self::Guarded(options.allowed_networks.as_slice().into())
    }

    pub(crate) fn admits(&self, address: IpAddr) -> bool {
        match (reach(address), self) {
            (Reach::Public, _) | (Reach::Private, Self::Owned) => true,
            (Reach::Private, Self::Guarded(allowed)) => {
                allowed.iter().any(|net| net.contains(&address.to_canonical()))
            }
            (Reach::Never, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Reach {
        reach(text.parse().unwrap())
    }

    #[test]
    fn each_address_is_judged_by_the_range_it_lies_in() {
        let table = [
            (Reach::Public, "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255"),
            (Reach::Public, "128.0.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255"),
            (Reach::Public, "198.20.0.0 223.255.255.255 168.63.129.15 2606:4700::1111 2001:200::1 3ffe::1"),
            (Reach::Public, "::ffff:1.1.1.1 64:ff9b::1.1.1.1"),
            (Reach::Private, "10.0.0.0 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255"),
            (
                Reach::Private,
                "172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 ::1 fc00::1 fdff:ffff::1",
            ),
            (Reach::Private, "::ffff:127.0.0.1 ::ffff:a00:1 64:ff9b::10.0.0.1 64:ff9b::7f00:1"),
            (Reach::Never, "0.0.0.0 0.1.2.3 169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16"),
            (Reach::Never, "192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7"),
            (Reach::Never, "203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255"),
            (Reach::Never, ":: ::7f00:1 ::ffff:a9fe:a9fe 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 100::1 fe80::1"),
            (
                Reach::Never,
                "fec0::1 ff02::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::",
            ),
            (Reach::Never, "3fff::1 4000::1 5f00::1 fd00:ec2::254 fd20:ce::254"),
        ];
        for (expected, addresses) in table {
            for address in addresses.split(' ') {
                assert_eq!(judged(address), expected, "{address}");
            }
        }
    }

    #[test]
    fn an_opened_network_admits_its_private_addresses_and_no_other() {
        let filter = Filter::Guarded(["10.1.0.0/16".parse().unwrap()].into());
        let admits = |text: &str| filter.admits(text.parse().unwrap());
        assert!(admits("10.1.2.3") && admits("::ffff:10.1.2.3") && admits("8.8.8.8"));
        assert!(!admits("10.2.0.1") && !admits("127.0.0.1") && !admits("169.254.169.254"));
    }
}
