package alerts

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// Hurry is an alert whose own times nobody waits for.
type Hurry struct {
	// Alert is its name, For how long its expression has to hold.
	Alert, For string
	// Old is a part of the expression, and New what is in its place.
	Old, New string
}

// Rules gives rules with the alert in a hurry, and says what is other than before. It is
// an error where nothing is.
func (h Hurry) Rules(rules []byte) (hurried []byte, said string, err error) {
	var spec map[string]any
	if err := yaml.Unmarshal(rules, &spec); err != nil {
		return nil, "", fmt.Errorf("read rules: %w", err)
	}
	groups, _ := spec["groups"].([]any)
	for _, group := range groups {
		of, _ := group.(map[string]any)
		list, _ := of["rules"].([]any)
		for _, one := range list {
			rule, _ := one.(map[string]any)
			if rule["alert"] == h.Alert {
				if said, err = h.rule(rule); err != nil {
					return nil, "", err
				}
			}
		}
	}
	if said == "" {
		return nil, "", fmt.Errorf("there is no alert %s to hurry", h.Alert)
	}
	hurried, err = yaml.Marshal(spec)
	return hurried, said, err
}

func (h Hurry) rule(rule map[string]any) (string, error) {
	var said []string
	if h.For != "" {
		said = append(said, fmt.Sprintf("for %s, not %s", h.For, rule["for"]))
		rule["for"] = h.For
	}
	if h.Old != "" {
		text, _ := rule["expr"].(string)
		if !strings.Contains(text, h.Old) {
			return "", fmt.Errorf("alert %s has no %q: %s", h.Alert, h.Old, text)
		}
		rule["expr"] = strings.ReplaceAll(text, h.Old, h.New)
		said = append(said, fmt.Sprintf("%s, not %s", h.New, h.Old))
	}
	return strings.Join(said, "; "), nil
}
