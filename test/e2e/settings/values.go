package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Values are those of the task: address, token and CA of a satellite, and small collectors.
func Values(address, token, pem, volume string) map[string]any {
	return map[string]any{
		"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{
			"address": address, "accessToken": token, "cacertPath": "/etc/lightstep/cacert.pem",
		}}},
		"cacert": map[string]any{"pem": pem},
		"collector": map[string]any{
			"resources":   map[string]any{"requests": map[string]any{"cpu": "10m", "memory": "64Mi"}},
			"persistence": map[string]any{"size": volume},
		},
	}
}

// Satellite names the suite's own satellite among the backends of a user's file, and the
// Secret with its token and CA, whose keys are those of [Secrets].
const Satellite = "e2e"

// errElsewhere says why a file cannot be tested with the suite's satellite.
var errElsewhere = errors.New("values (E2E_VALUES): global.tracer.lightstep.address names another satellite than the suite's, " +
	"and with delivery direct or native the proxies send to one alone: use SUITE=observe, which reads the traces where they arrive")

// Under gives values of the suite's without those that a user's file replaces by another
// key: Helm gets the file after them, unchanged, and each key of it wins by itself. It
// also gives the Secrets that the file names, which must exist.
//
// Where the file names a satellite, spans go there, and the suite's own becomes the
// backend [Satellite] beside it. Backends of the file stand beside the suite's satellite
// as they are.
func Under(own map[string]any, file []byte) (map[string]any, Secrets, error) {
	var users struct {
		Delivery        string
		AccessTokenFrom struct{ Name, Key string }
		Cacert          struct {
			ExistingSecret struct{ Name, Key string }
		}
		Global struct {
			Tracer struct{ Lightstep struct{ Address string } }
		}
	}
	if err := yaml.Unmarshal(file, &users); err != nil {
		return nil, Secrets{}, fmt.Errorf("values (E2E_VALUES): %w", err)
	}
	secrets := Secrets{}
	if s := users.AccessTokenFrom; s.Name != "" {
		own = without(own, "global", "tracer", "lightstep", "accessToken")
		secrets.Token, secrets.TokenKey = s.Name, s.Key
		if s.Key == "" {
			secrets.TokenKey = "token"
		}
	}
	if s := users.Cacert.ExistingSecret; s.Name != "" {
		own = without(own, "cacert", "pem")
		secrets.CA, secrets.CAKey = s.Name, s.Key
		if s.Key == "" {
			secrets.CAKey = "cacert.pem"
		}
	}
	address, _ := at(own, "global", "tracer", "lightstep", "address").(string)
	if theirs := users.Global.Tracer.Lightstep.Address; theirs == "" || theirs == address {
		return own, secrets, nil
	}
	if users.Delivery == "direct" || users.Delivery == "native" {
		return nil, Secrets{}, errElsewhere
	}
	own = without(without(own, "global"), "cacert")
	own["backends"] = map[string]any{Satellite: map[string]any{
		"preset": "lightstep", "endpoint": address,
		"headers": map[string]any{"lightstep-access-token": map[string]any{"secret": map[string]any{"name": Satellite, "key": "token"}}},
		"tls":     map[string]any{"ca": map[string]any{"name": Satellite, "key": "cacert.pem"}},
	}}
	secrets.Beside = true
	return own, secrets, nil
}

// Secrets are those that values name, with their keys; empty for none. Beside says that
// the Secret [Satellite] is needed, with the keys token and cacert.pem.
type Secrets struct {
	Token, TokenKey, CA, CAKey string
	Beside                     bool
}

// Names gives those there are.
func (s Secrets) Names() []string {
	names := []string{s.Token, s.CA}
	if s.Beside {
		names = append(names, Satellite)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// Decides tells whether a user's file sets one of these values, such as istio.version:
// Helm gets the file last, so that a test cannot set another.
func Decides(file []byte, paths ...string) bool {
	var users map[string]any
	_ = yaml.Unmarshal(file, &users) // Under has read it
	return slices.ContainsFunc(paths, func(path string) bool {
		keys := strings.Split(path, ".")
		last := len(keys) - 1
		below, _ := at(users, keys[:last]...).(map[string]any)
		_, set := below[keys[last]]
		return set
	})
}

// at gives the value at a path, or nil.
func at(values any, path ...string) any {
	for _, key := range path {
		below, _ := values.(map[string]any)
		values = below[key]
	}
	return values
}

// without copies values, and leaves a key out.
func without(values map[string]any, path ...string) map[string]any {
	copied := maps.Clone(values)
	below, ok := copied[path[0]].(map[string]any)
	switch {
	case len(path) == 1:
		delete(copied, path[0])
	case ok:
		copied[path[0]] = without(below, path[1:]...)
	}
	return copied
}
