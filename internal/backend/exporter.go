package backend

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// TargetOf says where an exporter of the collector sends to and with what, as
// the collector reads its settings. What it needs and is not at hand are
// problems; the backend cannot be tried where one is an error.
func TargetOf(b *behind.Backend, from Source) (Target, []problem.Problem) {
	r := &reading{Source: from, backend: b}
	r.target.Protocol = OTLP
	if strings.HasPrefix(b.Exporter, "otlp_http") || strings.HasPrefix(b.Exporter, "otlphttp") {
		r.target.Protocol = HTTP
	}
	r.target.Places = OfBackend(b.Path, r.target.Protocol)
	if b.Place == "exporters" {
		r.target.Places = OfExporter(b.Path, r.target.Protocol)
	}
	r.target.Collected = true
	r.target.Compression, _ = b.Settings["compression"].(string)
	r.target.JSON = b.Settings["encoding"] == "json"
	r.endpoint()
	r.tls()
	r.headers()
	r.auth()
	return r.target, r.problems
}

// reading reads one exporter's settings.
type reading struct {
	Source
	backend  *behind.Backend
	target   Target
	problems []problem.Problem
}

// endpoint reads where the exporter sends to.
func (r *reading) endpoint() {
	key := "endpoint"
	if text, _ := r.backend.Settings["traces_endpoint"].(string); text != "" {
		key = "traces_endpoint"
	}
	text, _ := r.backend.Settings[key].(string)
	got := r.expand(text)
	if len(got.absent) > 0 {
		r.found("endpoint-absent", "why", strings.Join(got.absent, ", "))
		return
	}
	r.target.Hidden = append(r.target.Hidden, got.secrets...)
	if r.target.Protocol == HTTP {
		r.url(got.text, key == "endpoint")
		return
	}
	scheme, rest, found := strings.Cut(got.text, "://")
	if !found {
		scheme, rest = "", got.text
	}
	r.target.Address = strings.TrimPrefix(rest, "/")
	tls, _ := r.backend.Settings["tls"].(map[string]any)
	r.target.Secure = tls["insecure"] != true || strings.EqualFold(scheme, "https")
	r.wellFormed()
}

// url reads a URL, to which the exporter adds the path where it is that of all
// signals.
func (r *reading) url(text string, add bool) {
	if add {
		text = strings.TrimSuffix(text, "/") + "/v1/traces"
	}
	at, err := url.Parse(text)
	if err != nil || at.Host == "" {
		r.target.Address = ""
		r.wellFormed()
		return
	}
	r.target.URL, r.target.Secure = text, strings.EqualFold(at.Scheme, "https")
	port := at.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[r.target.Secure]
	}
	r.target.Address = net.JoinHostPort(at.Hostname(), port)
	if password, ok := at.User.Password(); ok {
		r.target.Hidden = append(r.target.Hidden, password)
	}
	r.wellFormed()
}

// wellFormed tells of an endpoint that is none once its variables are known.
func (r *reading) wellFormed() {
	host, _, err := net.SplitHostPort(r.target.Address)
	for _, secret := range r.target.Hidden {
		if host != "" && strings.Contains(secret, host) {
			r.target.Hidden = append(r.target.Hidden, host)
			break
		}
	}
	if err != nil {
		r.found("endpoint-malformed")
	}
}

// tls reads the files and names of TLS.
func (r *reading) tls() {
	settings, _ := r.backend.Settings["tls"].(map[string]any)
	if !r.target.Secure {
		return
	}
	r.target.Unverified = settings["insecure_skip_verify"] == true
	r.target.PublicToo = settings["include_system_ca_certs_pool"] == true
	if name, _ := settings["server_name_override"].(string); name != "" {
		got := r.expand(name)
		r.target.ServerName = got.text
		r.target.Hidden = append(r.target.Hidden, got.secrets...)
	}
	r.target.Authorities = r.pem(settings, "ca", "ca-absent", "the CA")
	r.target.Certificate = r.pem(settings, "cert", "client-absent", "the client's certificate")
	r.target.Key = r.pem(settings, "key", "client-absent", "the key of the client's certificate")
}

// pem reads what a file or a text of the settings of TLS holds.
func (r *reading) pem(settings map[string]any, of, absent, what string) []byte {
	if text, _ := settings[of+"_pem"].(string); text != "" {
		if got := r.expand(text); len(got.absent) == 0 {
			return []byte(got.text)
		}
		r.found(absent, "what", what, "why", "it stands in a variable")
		return nil
	}
	name, _ := settings[of+"_file"].(string)
	if name == "" {
		return nil
	}
	text, why := r.file(r.backend, name)
	if why != "" {
		r.found(absent, "what", what, "why", why)
		return nil
	}
	return text
}

// found notes the problem of a row of problems.yaml.
func (r *reading) found(row string, facts ...any) {
	r.problems = append(r.problems, r.target.Places.problem(row, append(facts, "give", r.fix())...))
}

// headers reads what is sent with each export.
func (r *reading) headers() {
	add := func(name string, value any) {
		text, ok := value.(string)
		if !ok {
			text = fmt.Sprint(value)
		}
		got := r.expand(text)
		if len(got.absent) > 0 {
			r.missing(name, got.absent)
			return
		}
		r.target.Headers = append(r.target.Headers, Header{Name: name, Value: got.text, Secret: len(got.secrets) > 0})
		r.target.Hidden = append(r.target.Hidden, got.secrets...)
	}
	switch given := r.backend.Settings["headers"].(type) {
	case map[string]any:
		for _, name := range sorted(given) {
			add(name, given[name])
		}
	case []any:
		for _, item := range given {
			entry, _ := item.(map[string]any)
			name, _ := entry["name"].(string)
			add(name, entry["value"])
		}
	}
}

// missing notes a header whose value is not at hand. Where Secrets are given, it
// is an error that one is not among them.
func (r *reading) missing(name string, why []string) {
	r.target.Absent = append(r.target.Absent, name)
	if r.Given {
		r.found("header-absent", "header", name, "why", strings.Join(why, ", "))
	}
}

// auth reads the extension that authenticates. Its own is the one that adds a
// token from a file of the chart's; no other can be imitated.
func (r *reading) auth() {
	auth := r.backend.Auth
	switch {
	case auth == nil && r.backend.Settings["auth"] == nil:
		return
	case auth == nil || auth.Extension != "bearertokenauth":
		extension := "that settings.auth names"
		if auth != nil {
			extension = auth.Extension
		}
		r.target.Untried = "the collector authenticates by its extension " + extension + ", which is not imitated here"
		return
	}
	name, _ := auth.Settings["header"].(string)
	file, _ := auth.Settings["filename"].(string)
	if _, ours := r.backend.Files[file]; !ours {
		r.target.Untried = "the collector authenticates by a token that no header of the backend names, which is not at hand here"
		return
	}
	text, why := r.file(r.backend, file)
	if why != "" {
		r.missing(name, []string{why})
		return
	}
	words := strings.Fields(string(text))
	if len(words) != 1 {
		row := "token-words"
		if bytes.ContainsAny(bytes.TrimSpace(text), "\r\n") {
			row = "token-lines"
		}
		r.found(row, "header", name, "count", len(words))
		return
	}
	value := words[0]
	if scheme, _ := auth.Settings["scheme"].(string); scheme != "" {
		value = scheme + " " + value
	}
	r.target.Headers = append(r.target.Headers, Header{Name: name, Value: value, Secret: true})
	r.target.Hidden = append(r.target.Hidden, words[0])
}

// Source gives what the collector reads beside its configuration.
type Source struct {
	// Secret gives a key of a Secret, or says why it is not at hand. nil: no
	// Secret is.
	Secret func(key behind.Key) (value []byte, why string)
	// Given tells that Secrets are given, so that each must be there.
	Given bool
	// Variable gives a variable of the collector's environment, and whether it
	// may be shown. nil: none is at hand.
	Variable func(name string) (value string, public, ok bool)
}

// file gives what a file of the collector's holds, or says why it is not at
// hand.
func (s *Source) file(b *behind.Backend, name string) (text []byte, why string) {
	key, ok := b.Files[name]
	switch {
	case !ok:
		return nil, "it is a file of the collector's own"
	case s.Secret == nil:
		return nil, fmt.Sprintf("it is key %s of Secret %s", key.Key, key.Secret)
	}
	return s.Secret(key)
}

// fix is how to give what is not at hand.
func (s *Source) fix() string {
	if s.Given {
		return "see that the Secret exists where the collector runs, with this key"
	}
	return giveSecrets
}

// giveSecrets is how to give Secrets to the command.
const giveSecrets = "give the Secret: --read-secrets reads it from the cluster, --secrets DIRECTORY from DIRECTORY/SECRET/KEY"

// expanded is a text of the collector's configuration as the collector has it.
type expanded struct {
	text    string
	secrets []string // what came from elsewhere
	absent  []string // what is not at hand, and why
}

// reference is ${…} in the collector's configuration, and $$, which is $
// (collector confmap, expand.go).
var reference = regexp.MustCompile(`\$\$|\$\{([^}]*)\}`)

// variable is a reference to a variable, with a default.
var variable = regexp.MustCompile(`^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$`)

// expand puts in what a text refers to.
func (r *reading) expand(text string) expanded {
	var got expanded
	got.text = reference.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return "$"
		}
		inside := found[2 : len(found)-1]
		if name, ok := strings.CutPrefix(inside, "file:"); ok {
			content, why := r.file(r.backend, name)
			if why != "" {
				got.absent = append(got.absent, why)
			} else {
				got.secrets = append(got.secrets, string(content))
			}
			return string(content)
		}
		match := variable.FindStringSubmatch(inside)
		if match == nil {
			got.absent = append(got.absent, "the collector alone reads what "+found+" stands for")
			return ""
		}
		var value string
		var public, ok bool
		if r.Variable != nil {
			value, public, ok = r.Variable(match[1])
		}
		switch {
		case ok && public:
		case ok:
			got.secrets = append(got.secrets, value)
		case strings.Contains(inside, ":-"):
			value = match[2]
		default:
			got.absent = append(got.absent, "variable "+match[1])
		}
		return value
	})
	return got
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
