package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
)

// podRange is the range that one node's pods have their addresses from, and the address of that node.
type podRange struct {
	node string
	pods netip.Prefix
	via  netip.Addr
}

// ranges gives the range of the node with the address hostIP, nil as long as it has none, and those of all others that
// have one, in the order of their ranges.
func ranges(nodes []*corev1.Node, hostIP string) (own *podRange, others []podRange, err error) {
	var wrong []error
	for _, node := range nodes {
		if node.Spec.PodCIDR == "" {
			continue
		}
		address := internalIP(node)
		pods, errPods := netip.ParsePrefix(node.Spec.PodCIDR)
		via, errVia := netip.ParseAddr(address)
		if err := errors.Join(errPods, errVia); err != nil {
			wrong = append(wrong, fmt.Errorf("node %s: %w", node.Name, err))
			continue
		}
		one := podRange{node: node.Name, pods: pods, via: via}
		if address == hostIP {
			own = &one
			continue
		}
		others = append(others, one)
	}
	slices.SortFunc(others, func(a, b podRange) int { return a.pods.Addr().Compare(b.pods.Addr()) })
	return own, others, errors.Join(wrong...)
}

func internalIP(node *corev1.Node) string {
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return address.Address
		}
	}
	return ""
}

// ownProtocol marks the routes of this program among all others: a number that the kernel gives no meaning.
const ownProtocol netlink.RouteProtocol = 75

// keepRoutes has the kernel send what is for pods of other nodes to those nodes, and removes its routes to nodes that
// are gone.
func keepRoutes(others []podRange) error {
	for _, other := range others {
		route := &netlink.Route{Dst: ipNet(other.pods), Gw: other.via.AsSlice(), Protocol: ownProtocol}
		if err := netlink.RouteReplace(route); err != nil {
			return fmt.Errorf("route to the pods of node %s: %w", other.node, err)
		}
	}
	kept, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Protocol: ownProtocol}, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return fmt.Errorf("list routes: %w", err)
	}
	for _, route := range kept {
		if slices.ContainsFunc(others, func(o podRange) bool { return ipNet(o.pods).String() == route.Dst.String() }) {
			continue
		}
		if err := netlink.RouteDel(&route); err != nil {
			return fmt.Errorf("remove the route to %s: %w", route.Dst, err)
		}
	}
	return nil
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Masked().Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}
