package alerts

import (
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// object is what is read of one that the chart renders.
type object struct {
	Kind string            `json:"kind"`
	Spec any               `json:"spec"`
	Data map[string]string `json:"data"`
}

func objects(documents string) ([]object, error) {
	var all []object
	for _, document := range strings.Split("\n"+documents, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			return nil, fmt.Errorf("read an object: %w", err)
		}
		all = append(all, o)
	}
	return all, nil
}

// Rules gives the file of rules for Prometheus that a PrometheusRule's spec is:
// the first in documents of YAML.
func Rules(documents string) ([]byte, error) {
	all, err := objects(documents)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if o.Kind == "PrometheusRule" {
			return yaml.Marshal(o.Spec)
		}
	}
	return nil, fmt.Errorf("no PrometheusRule among the objects")
}

// Names gives the names of the alerts in a file of rules.
func Names(rules []byte) ([]string, error) {
	var read struct {
		Groups []struct {
			Rules []struct {
				Alert string `json:"alert"`
			} `json:"rules"`
		} `json:"groups"`
	}
	if err := yaml.Unmarshal(rules, &read); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	var all []string
	for _, group := range read.Groups {
		for _, rule := range group.Rules {
			all = append(all, rule.Alert)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no alert in the rules")
	}
	return all, nil
}

// Query is one of the dashboard.
type Query struct {
	// Panel is the panel's title, with the query's letter where the panel has several.
	Panel string
	Text  string
}

// Dashboard gives the queries of the dashboard in documents of YAML, for the collectors
// of a namespace whose names begin so, with rates over a minute.
func Dashboard(documents, namespace, collectors string) ([]Query, error) {
	all, err := objects(documents)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		for name, text := range o.Data {
			if o.Kind == "ConfigMap" && strings.HasSuffix(name, ".json") {
				return queries(text, strings.NewReplacer("$namespace", namespace, "$pod", collectors+".*", "$__rate_interval", "1m"))
			}
		}
	}
	return nil, fmt.Errorf("no dashboard among the objects")
}

func queries(dashboard string, variables *strings.Replacer) ([]Query, error) {
	var read struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				ID   string `json:"refId"`
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal([]byte(dashboard), &read); err != nil {
		return nil, fmt.Errorf("read the dashboard: %w", err)
	}
	var all []Query
	for _, panel := range read.Panels {
		for _, target := range panel.Targets {
			title := panel.Title
			if len(panel.Targets) > 1 {
				title += " " + target.ID
			}
			all = append(all, Query{title, variables.Replace(target.Expr)})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the dashboard has no query")
	}
	return all, nil
}
