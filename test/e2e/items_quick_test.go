//go:build e2e

package e2e_test

// quickItems end within minutes. The first finds an istiod as a user has it
// before the chart; from the second on it reads our ConfigMap; the release that
// Delivery installs stays until Uninstall.
var quickItems = []item{
	{"WaysInRefused", refusedWithoutDocument},
	{"VersionWrong", wrongVersionRefused},
	{"VersionUnreadable", unreadableVersionRefused},
	{"Collector", collectorDelivery},
	{"NamespacesSeveral", severalNamespaces},
	{"NamespacesWithoutCA", namespaceWithoutCA},
	{"UsersCluster", usersCluster},
	{"Faults", shortFaults},
	{"Uninstall", uninstall},
	{"WaysInInDocument", settingsInDocument},
	{"CommandsReadme", commandsOfReadme},
}
