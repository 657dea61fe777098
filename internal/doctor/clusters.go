package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// clusterStatus is one entry of /clusters?format=json of a proxy's admin
// interface (envoy.admin.v3.Clusters).
type clusterStatus struct {
	Name  string `json:"name"`
	Hosts []struct {
		Stats []struct {
			Name  string      `json:"name"`
			Value countString `json:"value"`
		} `json:"stats"`
		Health struct {
			EDS       string `json:"eds_health_status"`
			FailedOne bool   `json:"failed_active_health_check"`
		} `json:"health_status"`
	} `json:"host_statuses"`
}

// countString is a number that JSON of protobuf writes as text.
type countString uint64

// UnmarshalJSON reads the number from text or as it is.
func (c *countString) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("read a counter: %w", errors.New("it is not a number"))
	}
	*c = countString(n)
	return nil
}

// readCluster finds a cluster in what a proxy answers.
func readCluster(answer []byte, name string) (status clusterStatus, found bool, err error) {
	var all struct {
		Clusters []clusterStatus `json:"cluster_statuses"`
	}
	if err := json.Unmarshal(answer, &all); err != nil {
		return clusterStatus{}, false, errors.New("the proxy's answer is not valid JSON")
	}
	for _, c := range all.Clusters {
		if c.Name == name {
			return c, true, nil
		}
	}
	return clusterStatus{}, false, nil
}

// counters adds up those of all endpoints.
func (c clusterStatus) counters() Counters {
	var sum Counters
	into := map[string]*uint64{
		"cx_total": &sum.Connections, "cx_connect_fail": &sum.ConnectFailures,
		"rq_total": &sum.Requests, "rq_success": &sum.Succeeded, "rq_error": &sum.Failed,
	}
	for _, h := range c.Hosts {
		for _, s := range h.Stats {
			if to := into[s.Name]; to != nil {
				*to += uint64(s.Value)
			}
		}
	}
	return sum
}

func (c clusterStatus) healthy() int {
	healthy := 0
	for _, h := range c.Hosts {
		if (h.Health.EDS == "" || h.Health.EDS == "HEALTHY") && !h.Health.FailedOne {
			healthy++
		}
	}
	return healthy
}
