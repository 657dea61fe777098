//go:build e2e

package e2e_test

// slowItems are those that the suite `all` runs after the quick ones.
var slowItems = []item{
	{"CommandsPages", commandsOfPages},
	{"UsersMesh", usersMesh},
	{"ApplicationsMutualTLS", meshWideMutualTLS},
	{"CollectorMutualTLS", mutualTLSToCollectors},
	{"CollectorMutualTLSTest", mutualTLSIsTested},
	{"CollectorOne", oneCollector},
	{"CollectorScale", collectorsScale},
	{"CollectorAutoscaler", autoscalerActs},
	{"CollectorNetworkPolicy", networkPolicyOfCollectors},
	{"GatewaysOthers", otherGateways},
	{"TraceLong", aLongTrace},
	{"DeployerRights", documentedDeployer},
	{"PoliciesNetwork", policies},
	{"PoliciesRestricted", restricted},
	{"NamespacesRevision", istiodByHelm},
	{"TracePage", tracePage},
	{"TraceHops", traceHops},
	{"UpgradeValues", upgradeOfValues},
	{"HelmTestFails", helmTestFails},
	{"BackendsSeveral", severalBackends},
	{"BackendsRefusing", refusingBackend},
	{"BackendsDirect", directToBackend},
	{"TeamsTelemetries", teamsTelemetries},
	{"UpgradeVolume", anotherVolume},
	{"CollectorSlowVolume", slowVolume},
	{"Breakages", breakagesAreSeen},
	{"Direct", directDelivery},
	{"ApplicationsOwnTLS", applications},
	{"EveryObject", everyObject},
	{"ObjectsInSync", nothingOutOfSync},
	{"UpgradeIstio", upgradeOfIstio},
	{"UsersBare", usersBare},
}
