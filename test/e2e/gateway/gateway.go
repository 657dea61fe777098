// Package gateway reaches what a cluster serves, from outside of it.
package gateway

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/gruntwork-io/terratest/modules/k8s"
	"github.com/gruntwork-io/terratest/modules/logger"
	"github.com/gruntwork-io/terratest/modules/testing"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// Find looks for the URL of an ingress gateway's HTTP port: by the address of its
// load balancer, the node's address, or where neither is reached from here, a
// port forward that the function given back ends. A forward ends with its pod, so
// it serves no test that replaces the gateway.
func Find(
	t testing.TestingT, ctx context.Context, c *cluster.Cluster, namespace, name string,
) (url string, closer func(), err error) {
	service, err := c.Kubernetes.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", nil, fmt.Errorf("gateway %s/%s: %w", namespace, name, err)
	}
	port, err := httpPort(service)
	if err != nil {
		return "", nil, err
	}
	nodes, err := c.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", nil, fmt.Errorf("nodes: %w", err)
	}
	var reached string
	err = wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		reached = reachable(ctx, addresses(service, port, nodes.Items))
		return reached != "", nil
	})
	if err == nil {
		return "http://" + reached, func() {}, nil
	}
	tunnel := k8s.NewTunnelWithLogger(Options(c, namespace), k8s.ResourceTypeService, name, 0, int(port.Port), logger.Discard)
	if err := tunnel.ForwardPortE(t); err != nil {
		return "", nil, fmt.Errorf("gateway %s/%s is not reached at an address, nor by a port forward: %w", namespace, name, err)
	}
	return "http://" + tunnel.Endpoint(), tunnel.Close, nil
}

// reachable gives the first address that takes a connection, or none.
func reachable(ctx context.Context, addresses []string) string {
	for _, address := range addresses {
		connection, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = connection.Close()
			return address
		}
	}
	return ""
}

func httpPort(service *corev1.Service) (corev1.ServicePort, error) {
	for _, p := range service.Spec.Ports {
		if p.Port == 80 {
			return p, nil
		}
	}
	return corev1.ServicePort{}, fmt.Errorf("service %s/%s has no port 80", service.Namespace, service.Name)
}

func addresses(service *corev1.Service, port corev1.ServicePort, nodes []corev1.Node) []string {
	var found []string
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		host := ingress.IP
		if host == "" {
			host = ingress.Hostname
		}
		found = append(found, net.JoinHostPort(host, strconv.Itoa(int(port.Port))))
	}
	if port.NodePort == 0 {
		return found
	}
	for _, node := range nodes {
		for _, address := range node.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				found = append(found, net.JoinHostPort(address.Address, strconv.Itoa(int(port.NodePort))))
			}
		}
	}
	return found
}

// Options gives what terratest's functions are called with, for a namespace.
func Options(c *cluster.Cluster, namespace string) *k8s.KubectlOptions {
	options := k8s.NewKubectlOptions(c.Context, c.Kubeconfig, namespace)
	options.RestConfig = c.Config
	return options
}
