package leftover

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// mostRelease bounds what a release's record holds, in bytes: the record itself
// is a Secret, of 1 MiB at most, and compressed.
const mostRelease = 64 << 20

// release is what is read of a release's record: the values that its owner gave
// Helm.
type release struct {
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Config    map[string]any `json:"config"`
}

// readRelease reads the Secret in which Helm keeps a release.
func readRelease(data []byte) (*release, error) {
	var secret struct {
		Data struct {
			Release []byte `json:"release"`
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &secret); err != nil {
		return nil, fmt.Errorf("read a release of Helm: %w", err)
	}
	packed, err := base64.StdEncoding.DecodeString(string(secret.Data.Release))
	if err != nil {
		return nil, fmt.Errorf("read a release of Helm: %w", err)
	}
	if bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		unpack, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fmt.Errorf("read a release of Helm: %w", err)
		}
		if packed, err = bounded.Read(unpack, mostRelease); err != nil {
			return nil, fmt.Errorf("read a release of Helm: %w", err)
		}
	}
	r := &release{}
	if err := json.Unmarshal(packed, r); err != nil {
		return nil, fmt.Errorf("read a release of Helm: %w", err)
	}
	return r, nil
}

// places gives the paths of the values at which there is a mention.
func (r *release) places() []string {
	w := &walk{}
	w.value("", r.Config)
	return w.found
}
