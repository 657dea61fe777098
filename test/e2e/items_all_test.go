//go:build all

package e2e_test

// items are all there are, the quick ones first.
var items = append(quickItems, slowItems...)

// whole says that these are the items of the whole suite.
const whole = true

var slowItems = []item{
	{"CommandsPages", commandsOfPages},
	{"ApplicationsMutualTLS", meshWideMutualTLS},
	{"PoliciesNetwork", policies},
	{"PoliciesRestricted", restricted},
	{"NamespacesRevision", istiodByHelm},
	{"TracePage", tracePage},
	{"TraceHops", traceHops},
	{"UpgradeValues", upgradeOfValues},
	{"UpgradeVolume", anotherVolume},
	{"Breakages", breakagesAreSeen},
	{"Direct", directDelivery},
	{"ApplicationsOwnTLS", applications},
	{"EveryObject", everyObject},
	{"UpgradeIstio", upgradeOfIstio},
}

// The upgrade of Istio starts from this one.
func init() { moreVersions = []string{"1.28.2"} }
