//! What is sold: services, their resource types and meters. Names are real, prices invented.

use super::number::Number;
use super::random::mix;

/// How a meter's usage is charged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// At the list price, credit possible.
    Usual,
    Spot,
    Reservation,
    /// Covered by a savings plan on most days, charged beyond it on the others.
    Savings,
    Marketplace,
    /// Not part of an Azure plan.
    PayAsYouGo,
    /// Price zero.
    Free,
}

/// How much of a meter a day uses.
#[derive(Clone, Copy)]
pub(super) enum Usage {
    /// Hours of the day, most often all of them.
    Hours,
    /// About so many millionths.
    About(u64),
}

/// A meter as the price list knows it.
pub(super) struct Meter {
    pub(super) category: &'static str,
    pub(super) sub_category: &'static str,
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    /// List price: digits and decimals.
    price: (i64, u32),
    pub(super) usage: Usage,
    pub(super) plan: Plan,
}

/// Where a resource of a service lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a resource group; the path below `providers`, `*` is the name.
    Group(&'static str),
    /// In the subscription itself, without a resource group.
    Subscription(&'static str),
    /// Nowhere: no resource id at all.
    None,
}

/// A kind of resource with its meters.
pub(super) struct Service {
    pub(super) consumed: &'static str,
    pub(super) place: Place,
    /// Beginning of the additional information (JSON without its closing brace), or blank.
    pub(super) info: &'static str,
    pub(super) publisher: &'static str,
    pub(super) meters: &'static [Meter],
}

impl Service {
    /// Whether all of its meters but free ones can earn.
    pub(super) fn is_usual(&self) -> bool {
        self.meters.iter().all(|meter| matches!(meter.plan, Plan::Usual | Plan::Free))
    }
}

/// Regions: name in resource locations, name in meters.
pub(super) static REGIONS: [(&str, &str); 8] = [
    ("WESTEUROPE", "EU West"),
    ("EASTUS2", "US East 2"),
    ("NORTHEUROPE", "EU North"),
    ("GERMANYWESTCENTRAL", "DE West Central"),
    ("UKSOUTH", "UK South"),
    ("SWEDENCENTRAL", "SE Central"),
    ("SOUTHCENTRALUS", "US South Central"),
    ("FRANCECENTRAL", "FR Central"),
];

impl Meter {
    /// The meter's number in a region, the base of its ids and price.
    pub(super) fn key(&self, region: usize) -> u64 {
        let name = self.category.bytes().chain(self.sub_category.bytes()).chain(self.name.bytes());
        name.fold(region as u64, |key, byte| mix(key, u64::from(byte)))
    }

    /// List price in a region: short in most, with 15 significant digits in some.
    pub(super) fn price_in(&self, region: usize) -> Number {
        let (digits, decimals) = self.price;
        let key = mix(self.key(region), 1);
        let percent = 100 + i64::try_from(key % 23).unwrap_or(0);
        if digits == 0 || !key.is_multiple_of(3) {
            return Number::new(digits * percent, decimals + 2);
        }
        let (mut long, mut scale) = (digits, decimals);
        while long < 100_000_000_000_000 {
            long *= 10;
            scale += 1;
        }
        let less = i64::try_from(mix(key, 2) % 1_000_000_000_000).unwrap_or(0);
        let long = if long > 110_000_000_000_000 { long - less } else { long + less };
        Number::new(long / 10 * 10 + 1 + i64::try_from(key % 9).unwrap_or(0), scale)
    }
}

const fn meter(
    (category, sub_category, name): (&'static str, &'static str, &'static str),
    unit: &'static str,
    price: (i64, u32),
    usage: Usage,
    plan: Plan,
) -> Meter {
    Meter { category, sub_category, name, unit, price, usage, plan }
}

const fn service(place: Place, consumed: &'static str, info: &'static str, meters: &'static [Meter]) -> Service {
    Service { consumed, place, info, publisher: "Microsoft", meters }
}

const INTEL: &str = "Virtual Machines Dsv5 Series";
const VM: Place = Place::Group("Microsoft.Compute/virtualMachines/vm-*");
const VM_INFO: &str = r#"{"ImageType":"Canonical","ServiceType":"Standard_D4s_v5","VMName":null,"VMProperties":null,"UsageType":"ComputeHR","VCPUs":4"#;
const TRANSFER_IN: Meter = meter(
    ("Bandwidth", "Inter-Region", "Standard Data Transfer In"),
    "1 GB",
    (0, 0),
    Usage::About(2_710_055),
    Plan::Free,
);
const TRANSFER_OUT: Meter = meter(
    ("Bandwidth", "Rtn Preference: MGN", "Standard Data Transfer Out"),
    "1 GB",
    (87, 3),
    Usage::About(913_472),
    Plan::Usual,
);

/// Services that earn, with their weight among all resources.
#[rustfmt::skip]
pub(super) static USUAL: [(u64, Service); 12] = [
    (18, service(VM, "Microsoft.Compute", VM_INFO, &[
        meter(("Virtual Machines", INTEL, "D4s v5"), "1 Hour", (23, 2), Usage::Hours, Plan::Usual),
        TRANSFER_OUT,
        TRANSFER_IN,
        meter(("Bandwidth", "Inter-Region", "Inter Continent Data Transfer Out - EU To Any"), "1 GB", (5, 2), Usage::About(190_311), Plan::Usual),
    ])),
    (8, service(VM, "Microsoft.Compute",
        r#"{"ImageType":"MicrosoftWindowsServer","ServiceType":"Standard_B2ms","VMName":null,"VMProperties":null,"UsageType":"ComputeHR","VCPUs":2"#, &[
        meter(("Virtual Machines", "Virtual Machines BS Series Windows", "B2ms"), "1 Hour", (912, 4), Usage::Hours, Plan::Usual),
        TRANSFER_OUT,
        meter(("Virtual Machines Licenses", "Windows Server", "2 vCPU VM License"), "1 Hour", (92, 3), Usage::Hours, Plan::Usual),
    ])),
    (22, service(Place::Group("Microsoft.Compute/disks/disk-*"), "Microsoft.Compute", "", &[
        meter(("Storage", "Premium SSD Managed Disks", "P10 LRS Disk"), "1/Month", (1971, 2), Usage::About(32_256), Plan::Usual),
        meter(("Storage", "Standard SSD Managed Disks", "E10 LRS Disk Operations"), "10K", (2, 3), Usage::About(4_331_700), Plan::Usual),
    ])),
    (16, service(Place::Group("Microsoft.Storage/storageAccounts/st*"), "Microsoft.Storage", "", &[
        meter(("Storage", "General Block Blob v2", "Hot LRS Data Stored"), "1 GB/Month", (184, 4), Usage::About(13_410_664), Plan::Usual),
        meter(("Storage", "General Block Blob v2", "Hot LRS Write Operations"), "10K", (5, 2), Usage::About(831_200), Plan::Usual),
        meter(("Storage", "Tables", "LRS Data Stored"), "1 GB/Month", (45, 3), Usage::About(5_001), Plan::Usual),
        meter(("Storage", "Files v2", "Hot LRS Metadata"), "1 GB/Month", (272, 4), Usage::About(77_140), Plan::Usual),
        meter(("Storage", "General Block Blob v2", "Delete Operations"), "10K", (0, 0), Usage::About(120_400), Plan::Free),
    ])),
    (6, service(Place::Group("Microsoft.Sql/servers/sql-*/databases/db-*"), "Microsoft.Sql", "", &[
        meter(("SQL Database", "Single Standard", "S2 DTUs"), "1/Day", (24_194, 4), Usage::About(1_000_000), Plan::Usual),
        meter(("SQL Database", "SQL Database - LTR Backup Storage", "Backup RA-GRS Data Stored"), "1 GB/Month", (5, 2), Usage::About(1_290_320), Plan::Usual),
    ])),
    (9, service(Place::Group("Microsoft.Network/publicIPAddresses/pip-*"), "Microsoft.Network", "", &[
        meter(("Virtual Network", "IP Addresses", "Standard IPv4 Static Public IP"), "1 Hour", (5, 3), Usage::Hours, Plan::Usual),
    ])),
    (5, service(Place::Group("Microsoft.OperationalInsights/workspaces/log-*"), "microsoft.operationalinsights", "", &[
        meter(("Log Analytics", "", "Pay-as-you-go Data Ingestion"), "1 GB", (299, 2), Usage::About(2_004_118), Plan::Usual),
        meter(("Log Analytics", "", "Pay-as-you-go Data Retention"), "1 GB/Month", (13, 2), Usage::About(412_007), Plan::Usual),
        meter(("Log Analytics", "Azure Monitor", "Basic Logs Data Ingestion"), "1 GB", (65, 2), Usage::About(98_013), Plan::Usual),
    ])),
    (7, service(Place::Group("Microsoft.Web/serverFarms/plan-*"), "Microsoft.Web", r#"{"OSType":"Linux""#, &[
        meter(("Azure App Service", "Premium v3 Plan - Linux", "P1 v3 App"), "1 Hour", (113, 3), Usage::Hours, Plan::Usual),
        meter(("Azure App Service", "Free Plan", "F1 App"), "1 Hour", (0, 0), Usage::Hours, Plan::Free),
    ])),
    (3, service(Place::Group("Microsoft.KeyVault/vaults/kv-*"), "Microsoft.KeyVault", "", &[
        meter(("Key Vault", "", "Operations"), "10K", (3, 2), Usage::About(12_100), Plan::Usual),
    ])),
    (3, service(Place::Group("Microsoft.Network/virtualNetworkGateways/vpn-*"), "Microsoft.Network", "", &[
        meter(("VPN Gateway", "VpnGw1AZ", "VpnGw1AZ"), "1 Hour", (361, 3), Usage::Hours, Plan::Usual),
        meter(("VPN Gateway", "VPN Gateway", "Standard Data Transfer Out"), "1 GB", (35, 3), Usage::About(3_110_902), Plan::Usual),
    ])),
    (3, service(Place::Group("Microsoft.RecoveryServices/vaults/rsv-*"), "Microsoft.RecoveryServices", "", &[
        meter(("Backup", "", "Azure VM Protected Instances"), "1/Month", (10, 0), Usage::About(32_258), Plan::Usual),
        meter(("Backup", "", "GRS Data Stored"), "1 GB/Month", (448, 4), Usage::About(8_870_031), Plan::Usual),
    ])),
    (1, service(Place::Subscription("Microsoft.Security/pricings/VirtualMachines"), "Microsoft.Security", "", &[
        meter(("Microsoft Defender for Cloud", "Microsoft Defender for Servers", "Standard P2 Node"), "1 Hour", (2, 2), Usage::Hours, Plan::Usual),
    ])),
];

/// Services whose lines are without credit by design, in the order in which they are dealt out.
#[rustfmt::skip]
pub(super) static BY_DESIGN: [Service; 5] = [
    service(VM, "Microsoft.Compute", VM_INFO, &[
        meter(("Virtual Machines", INTEL, "D4s v5 Spot"), "1 Hour", (391, 4), Usage::Hours, Plan::Spot),
        TRANSFER_OUT,
    ]),
    service(VM, "Microsoft.Compute",
        r#"{"ImageType":"Canonical","ServiceType":"Standard_E4s_v5","VMName":null,"VMProperties":null,"UsageType":"ComputeHR","ConsumedQuantity":null"#, &[
        meter(("Virtual Machines", "Virtual Machines Esv5 Series", "E4s v5"), "1 Hour", (304, 3), Usage::Hours, Plan::Reservation),
        TRANSFER_OUT,
    ]),
    service(VM, "Microsoft.Compute", VM_INFO, &[
        meter(("Virtual Machines", INTEL, "D8s v5"), "1 Hour", (46, 2), Usage::Hours, Plan::Savings),
        TRANSFER_IN,
    ]),
    Service {
        consumed: "Microsoft.Compute",
        place: Place::Group("Microsoft.Compute/virtualMachines/fw-*"),
        info: r#"{"ImageType":null,"ServiceType":"Standard_D3_v2","VMName":null,"VMProperties":null,"UsageType":"ComputeHR_SW""#,
        publisher: "Litware Security, Inc.",
        meters: &[meter(
            ("Virtual Machine Licenses", "Litware Next-Generation Firewall", "Litware Next-Generation Firewall - Bundle 2 - 4 Core Hours"),
            "1 Hour", (28, 2), Usage::Hours, Plan::Marketplace,
        )],
    },
    service(Place::None, "Microsoft.Communication", "", &[
        meter(("Telco", "Calling Plan", "Outbound Minutes"), "1 Minute", (13, 3), Usage::About(41_000_000), Plan::PayAsYouGo),
    ]),
];

#[cfg(test)]
mod tests {
    use super::{BY_DESIGN, USUAL};

    #[test]
    fn services_are_sorted_by_what_they_earn() {
        assert!(USUAL.iter().all(|(weight, service)| *weight > 0 && service.is_usual()));
        assert!(BY_DESIGN.iter().all(|service| !service.is_usual()));
    }

    #[test]
    fn some_prices_have_fifteen_digits_and_none_has_more() {
        let mut long = 0;
        for (_, service) in &USUAL {
            for (meter, region) in service.meters.iter().flat_map(|meter| (0..8).map(move |region| (meter, region))) {
                let mut out = Vec::new();
                meter.price_in(region).write(&mut out);
                let text = String::from_utf8_lossy(&out).into_owned();
                let digits = text.replace('.', "");
                let digits = digits.trim_start_matches('0').len();
                assert!(digits <= 15, "{text}");
                long += usize::from(digits == 15);
            }
        }
        assert!(long > 20);
    }
}
