package alerts

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Others writes the metrics that alerts take from others than the collectors. What
// kube-state-metrics and x509-certificate-exporter serve is read from the same objects
// here, under their names; the kubelets serve their own.
func (p Pods) Others(ctx context.Context, w io.Writer) error {
	core := p.Cluster.Kubernetes.CoreV1()
	pods, err := core.Pods(p.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	secrets, err := core.Secrets(p.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	nodes, err := core.Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	restarts(&out, pods.Items)
	for _, secret := range secrets.Items {
		ofSecret(&out, secret)
	}
	for _, node := range nodes.Items {
		text, err := core.RESTClient().Get().Resource("nodes").Name(node.Name).SubResource("proxy").Suffix("metrics").DoRaw(ctx)
		if err != nil {
			return fmt.Errorf("kubelet of %s: %w", node.Name, err)
		}
		if err := volumes(&out, text); err != nil {
			return err
		}
	}
	if p.Requests != nil {
		fmt.Fprintf(&out, "istio_requests_total{reporter=\"destination\"} %d\n", p.Requests())
	}
	_, err = out.WriteTo(w)
	return err
}

func restarts(w io.Writer, pods []corev1.Pod) {
	for _, pod := range pods {
		for _, c := range pod.Status.ContainerStatuses {
			_, _ = fmt.Fprintf(w, "kube_pod_container_status_restarts_total{namespace=%q,pod=%q,uid=%q,container=%q} %d\n",
				pod.Namespace, pod.Name, pod.UID, c.Name, c.RestartCount)
		}
	}
}

// ofSecret writes when a Secret was made, and when its certificates end.
func ofSecret(w io.Writer, secret corev1.Secret) {
	_, _ = fmt.Fprintf(w, "kube_secret_created{namespace=%q,secret=%q} %d\n", secret.Namespace, secret.Name, secret.CreationTimestamp.Unix())
	for key, rest := range secret.Data {
		for block := (*pem.Block)(nil); ; {
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
				_, _ = fmt.Fprintf(w, "x509_cert_not_after{secret_namespace=%q,secret_name=%q,secret_key=%q,serial_number=\"%d\"} %d\n",
					secret.Namespace, secret.Name, key, certificate.SerialNumber, certificate.NotAfter.Unix())
			}
		}
	}
}

// volumes picks a kubelet's figures of volumes.
func volumes(w io.Writer, metrics []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(metrics))
	lines.Buffer(nil, len(metrics)+1)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "kubelet_volume_stats_") {
			_, _ = fmt.Fprintln(w, lines.Text())
		}
	}
	return lines.Err()
}
