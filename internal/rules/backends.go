package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// backendFacts are backends.json: what is known of the backends that a preset
// names, and keys that people write in the place of a backend's own.
type backendFacts struct {
	presets  map[string]map[string]any // by id
	synonyms map[string]any            // the key to write, by the key that was written
}

func loadBackends(data []byte) (backendFacts, []error) {
	var table struct {
		Count    int
		Presets  []map[string]any
		Synonyms map[string]any
	}
	if err := json.Unmarshal(data, &table); err != nil {
		return backendFacts{}, []error{fmt.Errorf("backends.json: %w: %w", ErrMalformed, err)}
	}
	if len(table.Presets) == 0 || len(table.Presets) != table.Count {
		return backendFacts{}, []error{fmt.Errorf("backends.json: %w", ErrIncomplete)}
	}
	facts := backendFacts{presets: map[string]map[string]any{}, synonyms: table.Synonyms}
	var errs []error
	for i, entry := range table.Presets {
		id, _ := entry["id"].(string)
		protocols, _ := entry["protocols"].([]any)
		switch {
		case id == "" || len(protocols) == 0:
			errs = append(errs, fmt.Errorf("backends.json: preset %d: %w: it needs an id and its protocols", i, ErrMalformed))
		case facts.presets[id] != nil:
			errs = append(errs, fmt.Errorf("backends.json: %s: %w", id, ErrDuplicateID))
		}
		facts.presets[id] = entry
	}
	return facts, errs
}

// add lists, under backends, each backend with what its preset fills in; under
// backendHeaders the headers of all; under backendSecrets the keys of Secrets
// that they name; under backendKeys the keys that stand in the place of
// another. Under lightstep it tells whether spans go to LightStep
// too: unless there are backends and no address of LightStep's.
func (f backendFacts) add(subject Subject, step func(key string) string) {
	given, _ := subject.at("values", "backends").(map[string]any)
	exporters, _ := subject.at("values", "collector", "exporters").(map[string]any)
	var backends, headers, secrets, keys []any
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if given[name] == nil {
			continue
		}
		own, _ := given[name].(map[string]any)
		backend := f.backend(name, step(name), own)
		_, backend["taken"] = exporters[backend["exporterName"].(string)]
		backends = append(backends, backend)
		headers = append(headers, headersOf(backend, step)...)
		secrets = append(secrets, secretsOf(backend, step)...)
		for _, key := range slices.Sorted(maps.Keys(own)) {
			if instead := f.synonyms[key]; instead != nil {
				path := backend["path"].(string)
				keys = append(keys, map[string]any{"path": path + "." + step(key), "instead": fmt.Sprintf("%s.%s", path, instead)})
			}
		}
	}
	for key, list := range map[string][]any{"backends": backends, "backendHeaders": headers, "backendSecrets": secrets, "backendKeys": keys} {
		if list != nil {
			subject[key] = list
		}
	}
	address := subject.at("values", "global", "tracer", "lightstep", "address")
	subject["lightstep"] = backends == nil || address != nil && address != ""
	subject["targets"] = float64(len(backends))
	if subject["lightstep"] == true {
		subject["targets"] = float64(len(backends) + 1)
	}
	subject["fed"] = subject["lightstep"] == true || len(exporters) > 0 || slices.ContainsFunc(backends, func(backend any) bool {
		return at(backend, []string{"drain"}) != true
	})
}

// backend gives a backend as it is rendered.
func (f backendFacts) backend(name, step string, own map[string]any) map[string]any {
	id := textOf(own["preset"])
	row := f.presets[id]
	protocol := textOf(own["protocol"])
	if protocol == "" && row != nil {
		protocol, _ = row["protocols"].([]any)[0].(string)
	}
	backend := map[string]any{
		"path": "backends." + step, "name": name, "preset": id, "protocol": protocol,
		"exporterName": "otlp_grpc/" + name,
		"endpoint":     textOf(own["endpoint"]), "tracesEndpoint": textOf(own["tracesEndpoint"]),
	}
	if protocol == "http" {
		backend["exporterName"] = "otlp_http/" + name
	}
	if row != nil {
		backend["row"] = row
	}
	if backend["endpoint"] == "" && backend["tracesEndpoint"] == "" {
		backend["endpoint"] = textOf(at(row, []string{"endpoints", protocol}))
		if protocol == "http" {
			backend["tracesEndpoint"] = textOf(row["tracesEndpoint"])
		}
	}
	backend["headers"] = laid(mapOf(row["headers"]), lowerKeys(mapOf(own["headers"])))
	tls := mapOf(row["tls"])
	if protocol == "http" {
		// There the scheme of the endpoint says it.
		tls = maps.Clone(tls)
		delete(tls, "insecure")
	}
	backend["tls"] = laid(tls, mapOf(own["tls"]))
	backend["auth"] = laid(mapOf(row["auth"]), mapOf(own["auth"]))
	auth := backend["auth"].(map[string]any)
	backend["auths"], backend["authName"] = float64(len(auth)), ""
	for _, name := range slices.Sorted(maps.Keys(auth)) {
		backend["authName"] = name
	}
	backend["drain"], backend["ownExporter"] = own["drain"] == true, laid(nil, mapOf(own["exporter"]))
	backend["resource"] = laid(nil, mapOf(own["resource"]))
	exporter := map[string]any{}
	if compression := row["compression"]; compression != nil {
		exporter["compression"] = compression
	}
	backend["exporter"] = laid(exporter, mapOf(own["exporter"]))
	backend["plaintext"] = protocol == "http" && plainURL.MatchString(textOf(backend["endpoint"])+textOf(backend["tracesEndpoint"])) ||
		protocol != "http" && at(backend, []string{"tls", "insecure"}) == true
	return backend
}

var plainURL = regexp.MustCompile(`^(?i:http://)`)

// word is a prefix that the collector's authenticator writes before a token by
// itself: a scheme and a space, or nothing.
var word = regexp.MustCompile(`^([A-Za-z0-9_-]+ )?$`)

// headersOf gives a backend's headers as entries of their own. watched is true
// of the one that the collector reads again by itself when its Secret changes.
func headersOf(backend map[string]any, step func(key string) string) []any {
	headers := backend["headers"].(map[string]any)
	auth := len(backend["auth"].(map[string]any)) > 0
	overTLS := backend["protocol"] == "http" || backend["plaintext"] == false
	var entries []any
	watched := false
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		entry := map[string]any{
			"backend": backend["name"], "name": name, "watched": false, "plaintext": backend["plaintext"],
			"path": fmt.Sprintf("%s.headers.%s", backend["path"], step(name)),
		}
		value, isMap := headers[name].(map[string]any)
		if !isMap {
			entry["text"] = headers[name]
			entries = append(entries, entry)
			continue
		}
		maps.Copy(entry, map[string]any{"prefix": value["prefix"], "secret": value["secret"]})
		prefix, isText := value["prefix"].(string)
		if !watched && !auth && overTLS && isText && word.MatchString(prefix) && textOf(at(value, []string{"secret", "name"})) != "" {
			entry["watched"], watched = true, true
		}
		entries = append(entries, entry)
	}
	return entries
}

// secretsOf gives the keys of Secrets that a backend names, each with the path
// of the value that does, and the name of its file in the collector.
func secretsOf(backend map[string]any, step func(key string) string) []any {
	var entries []any
	add := func(kind, file, path string, secret, key any) {
		entries = append(entries, map[string]any{
			"backend": backend["name"], "kind": kind, "file": file, "path": fmt.Sprintf("%s.%s", backend["path"], path),
			"name": at(secret, []string{"name"}), "key": key,
		})
	}
	headers := backend["headers"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if secret := at(headers[name], []string{"secret"}); secret != nil {
			add("header", "header."+name, "headers."+step(name)+".secret", secret, at(secret, []string{"key"}))
		}
	}
	resource := backend["resource"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(resource)) {
		if value, isMap := resource[name].(map[string]any); isMap {
			add("resource", "resource."+name, "resource."+step(name)+".secret", value["secret"], at(value, []string{"secret", "key"}))
		}
	}
	if ca := at(backend, []string{"tls", "ca"}); isNamed(ca) {
		key := at(ca, []string{"key"})
		if key == nil || key == "" {
			key = "ca.crt"
		}
		add("ca", "ca.crt", "tls.ca", ca, key)
	}
	if client := at(backend, []string{"tls", "client"}); isNamed(client) {
		for _, key := range []string{"tls.crt", "tls.key"} {
			add("client", "client."+key, "tls.client", client, key)
		}
	}
	return entries
}

func isNamed(secret any) bool {
	name := at(secret, []string{"name"})
	return name != nil && name != ""
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

func mapOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// lowerKeys gives a map with its keys in lower case, as gRPC wants the names of
// headers. Of two that become one, the later in order counts.
func lowerKeys(m map[string]any) map[string]any {
	lower := make(map[string]any, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		lower[strings.ToLower(key)] = m[key]
	}
	return lower
}

// laid gives over laid on base: null removes a key, a map is laid on a map.
func laid(base, over map[string]any) map[string]any {
	out := make(map[string]any, len(base)+len(over))
	maps.Copy(out, base)
	for key, value := range over {
		below, isMap := value.(map[string]any)
		under, onMap := out[key].(map[string]any)
		switch {
		case value == nil:
			delete(out, key)
		case isMap && onMap:
			out[key] = laid(under, below)
		default:
			out[key] = value
		}
	}
	return out
}
