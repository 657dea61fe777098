package backend

// Places are where in the values the settings of a backend are, and in words
// how to change some.
type Places struct {
	Endpoint, Secure, Token, CA, Client, ServerName, Compression string

	encrypt, decrypt string // how to switch TLS on, and off
	trust            string // how to give a CA
	rename           string // how to ask for another name
	credential       string // how to correct what authenticates
}

// OfLightStep are the places of global.tracer.lightstep.
var OfLightStep = Places{
	Endpoint: "global.tracer.lightstep.address", Secure: "global.tracer.lightstep.secure", Token: "global.tracer.lightstep.accessToken",
	CA: "global.tracer.lightstep.cacertPath", Client: "collector", ServerName: "collector.tls.serverName", Compression: "collector.compression",
	encrypt: "set global.tracer.lightstep.secure to true", decrypt: "set global.tracer.lightstep.secure to false",
	trust:      "give the certificate of the CA that signed the backend's: --set-file cacert.pem=FILE with global.tracer.lightstep.cacertPath",
	rename:     "set global.tracer.lightstep.address to a name that it has; with the collector, collector.tls.serverName alone changes the name asked for",
	credential: "take the token of the project from its settings; see that collector.headerName is the header that this backend reads",
}

// OfBackend are the places of a backend in the values, at a path such as
// backends.grafana.
func OfBackend(path string, protocol Protocol) Places {
	p := Places{
		Endpoint: path + ".endpoint", Secure: path + ".tls.insecure", Token: path + ".headers", CA: path + ".tls.ca",
		Client: path + ".tls.client", ServerName: path + ".tls.serverName", Compression: path + ".exporter.compression",
		encrypt: "set " + path + ".tls.insecure to false", decrypt: "set " + path + ".tls.insecure to true",
		trust: "give the certificate of the CA that signed the backend's, in a Secret that " + path + ".tls.ca names",
	}
	return p.finish(protocol)
}

// OfExporter are the places of one of collector.exporters, at its path.
func OfExporter(path string, protocol Protocol) Places {
	p := Places{
		Endpoint: path + ".endpoint", Secure: path + ".tls.insecure", Token: path + ".headers", CA: path + ".tls.ca_file",
		Client: path + ".tls.cert_file", ServerName: path + ".tls.server_name_override", Compression: path + ".compression",
		encrypt: "set " + path + ".tls.insecure to false", decrypt: "set " + path + ".tls.insecure to true",
		trust: "give the certificate of the CA that signed the backend's, in " + path + ".tls.ca_file or ca_pem",
	}
	return p.finish(protocol)
}

func (p Places) finish(protocol Protocol) Places {
	if protocol == HTTP {
		p.Secure = p.Endpoint
		p.encrypt, p.decrypt = "write https:// in "+p.Endpoint, "write http:// in "+p.Endpoint
	}
	p.rename = "set " + p.Endpoint + " to a name that it has; " + p.ServerName + " alone changes the name asked for"
	p.credential = "see that " + p.Token + " has the names and values that this backend asks for, with the scheme before a token in prefix, and that its Secret holds the current one"
	return p
}
