package settings

import (
	"fmt"
	"maps"

	"sigs.k8s.io/yaml"
)

// Under gives values of the suite's without those that a user's file replaces by another
// key: Helm gets the file after them, unchanged, and each key of it wins by itself. It
// also gives the Secrets that the file names, which must exist.
func Under(own map[string]any, file []byte) (map[string]any, Secrets, error) {
	var users struct {
		AccessTokenFrom struct{ Name, Key string }
		Cacert          struct {
			ExistingSecret struct{ Name, Key string }
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
	return own, secrets, nil
}

// Secrets are those that values name, with their keys; empty for none.
type Secrets struct{ Token, TokenKey, CA, CAKey string }

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
