package mesh

import "strconv"

// AuthorizationPolicy says which calls sidecars accept.
type AuthorizationPolicy struct {
	Meta
	Targeted bool // targetRefs: for a gateway or waypoint, or a service of one
	DryRun   bool // sidecars only log what it would do
	Selector map[string]string
	Action   string // empty is ALLOW
	Rules    []AuthorizationRule
}

// AuthorizationRule is one of its rules: of each part that is there, one must match.
type AuthorizationRule struct {
	From []struct {
		Source map[string][]string `json:"source"`
	} `json:"from"`
	To []struct {
		Operation map[string][]string `json:"operation"`
	} `json:"to"`
	When []struct {
		Key       string   `json:"key"`
		Values    []string `json:"values"`
		NotValues []string `json:"notValues"`
	} `json:"when"`
}

var newAuthorizationPolicy = reading("an AuthorizationPolicy", func(o *object[struct {
	targets
	Selector selector            `json:"selector"`
	Action   string              `json:"action"`
	Rules    []AuthorizationRule `json:"rules"`
}],
) AuthorizationPolicy {
	dry, _ := strconv.ParseBool(o.Metadata.Annotations["istio.io/dry-run"])
	return AuthorizationPolicy{
		Meta: newMeta(&o.Metadata), Targeted: o.Spec.given(), DryRun: dry,
		Selector: o.Spec.Selector.MatchLabels, Action: o.Spec.Action, Rules: o.Spec.Rules,
	}
})

// PeerAuthentication says whether sidecars accept plaintext.
type PeerAuthentication struct {
	Meta
	Selector map[string]string
	Mode     string
	Ports    map[string]string // modes of single ports
}

// mutualTLS is mtls of a PeerAuthentication, or of one of its ports.
type mutualTLS struct {
	Mode string `json:"mode"`
}

var newPeerAuthentication = reading("a PeerAuthentication", func(o *object[struct {
	Selector selector             `json:"selector"`
	MTLS     mutualTLS            `json:"mtls"`
	Ports    map[string]mutualTLS `json:"portLevelMtls"`
}],
) PeerAuthentication {
	a := PeerAuthentication{Meta: newMeta(&o.Metadata), Selector: o.Spec.Selector.MatchLabels, Mode: o.Spec.MTLS.Mode, Ports: map[string]string{}}
	for port, m := range o.Spec.Ports {
		a.Ports[port] = m.Mode
	}
	return a
})
