package migrate

// facts are what the documents say, each with its place, what it means, and who
// else may use it. Nothing is decided yet: the same documents give the same
// facts, whatever they are migrated to.
type facts struct {
	*parsed
	settings []setting
	meshes   []meshConfig
	plane    plane
	usage    usage

	telemetries []telemetry       // that the control plane heeds, those that another one overrules first
	collectors  []collectorConfig // all that were found
	toLightStep []collectorConfig // those that export to LightStep, and that the mesh sends to
	providers   []*provider       // extension providers of LightStep's
	marked      map[*document]bool
	configured  bool // LightStep is configured by more than a provider
	native      bool // the proxies' own tracer is configured
	ofWorkloads bool // LightStep's own tracer is configured for workloads,
	ofMesh      bool // for the mesh

	entries, rules map[string][]*document     // ServiceEntries and DestinationRules by their hosts
	ports          map[string]map[string]bool // by host, what LightStep's providers send to
	environ        map[string][]variableSite  // istiod's variables by name
	fromSecrets    map[string][]secretVariable
	headersOf      map[string][]headerUse   // headers of providers by the variable that they are from
	mountUser      string                   // what reads files from where LightStep's CA is mounted; "" where nothing does
	behind         map[destination][]string // ConfigMaps that pods behind a Service use, of those that were asked for
}

// findFacts finds what the documents say.
func findFacts(p *parsed) *facts {
	f := &facts{parsed: p, marked: map[*document]bool{}, behind: map[destination][]string{}}
	f.findSettings()
	f.findMeshConfigs()
	f.plane = f.findPlane()
	f.telemetries = f.findTelemetries()
	f.usage = f.findUsage()
	f.collectors = f.readCollectors()
	f.findReached()
	f.findProviders()
	f.findRoutes()
	f.findVariables()
	f.mountUser = f.findMountUser()
	return f
}
