package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

const (
	configDir  = "/etc/cni/net.d"
	configFile = "10-kindnet.conflist"
)

type object = map[string]any

// network is how a pod gets its interface: a veth pair and a route, as kind does it, with addresses out of its node's
// podCIDR. The plugin's own ipMasq would hide a pod's address from pods of other nodes, see [masquerade].
func network(podCIDR string) object {
	return object{
		"cniVersion": "0.3.1",
		"name":       "kindnet",
		"plugins": []object{
			{
				"type":   "ptp",
				"ipMasq": false,
				"ipam": object{
					"type":    "host-local",
					"dataDir": "/run/cni-ipam-state",
					"routes":  []object{{"dst": "0.0.0.0/0"}},
					"ranges":  [][]object{{{"subnet": podCIDR}}},
				},
			},
			{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	}
}

// writeNetwork puts the file in place by a rename: the runtime reads it the moment it appears.
func writeNetwork(podCIDR string) error {
	content, err := json.MarshalIndent(network(podCIDR), "", "  ")
	if err != nil {
		return fmt.Errorf("encode the network configuration: %w", err)
	}
	partial := filepath.Join(configDir, "."+configFile)
	if err := os.WriteFile(partial, content, 0o644); err != nil {
		return fmt.Errorf("write the network configuration: %w", err)
	}
	if err := os.Rename(partial, filepath.Join(configDir, configFile)); err != nil {
		return fmt.Errorf("put the network configuration in place: %w", err)
	}
	return nil
}
