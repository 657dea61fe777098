package release

import (
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// newPGP makes an OpenPGP key.
func newPGP(t *testing.T, config *packet.Config) *openpgp.Entity {
	t.Helper()
	key, err := openpgp.NewEntity("tests", "", "tests@example.com", config)
	require.NoError(t, err)
	return key
}

// writePGP writes a secret key, armored and encrypted by a passphrase if there is
// one, and the public key, as a keyring.
func writePGP(t *testing.T, key *openpgp.Entity, passphrase string) (secret, public string) {
	t.Helper()
	folder := t.TempDir()
	secret, public = filepath.Join(folder, "secret.asc"), filepath.Join(folder, "public.gpg")
	if passphrase != "" {
		require.NoError(t, key.EncryptPrivateKeys([]byte(passphrase), nil))
	}
	var packets, armored bytes.Buffer
	require.NoError(t, key.SerializePrivateWithoutSigning(&packets, nil))
	armoring, err := armor.Encode(&armored, openpgp.PrivateKeyType, nil)
	require.NoError(t, err)
	_, err = armoring.Write(packets.Bytes())
	require.NoError(t, err)
	require.NoError(t, armoring.Close())
	require.NoError(t, os.WriteFile(secret, armored.Bytes(), 0o600))
	packets.Reset()
	require.NoError(t, key.Serialize(&packets))
	require.NoError(t, os.WriteFile(public, packets.Bytes(), 0o600))
	return secret, public
}

// TestPublicKeyOfARelease: the public key is the same from the secret key and from
// itself, has nothing secret, and verifies what its newest subkey signs.
func TestPublicKeyOfARelease(t *testing.T) {
	made := newPGP(t, nil)
	for _, name := range []string{"a", "b", "c", "d"} {
		require.NoError(t, made.AddUserId(name, "", name+"@example.com", nil))
	}
	require.NoError(t, made.AddSigningSubkey(nil))
	secret, _ := writePGP(t, made, "")
	first, err := readPGPKey(secret, true)
	require.NoError(t, err)
	assert.Equal(t, made.Subkeys[1].PublicKey.Fingerprint, first.signer.Fingerprint)
	again := filepath.Join(t.TempDir(), "again.gpg")
	require.NoError(t, os.WriteFile(again, first.public, 0o600))
	second, err := readPGPKey(again, false)
	require.NoError(t, err)
	assert.Equal(t, first.public, second.public)
	assert.Equal(t, first.fingerprint, second.fingerprint)
	assert.Nil(t, second.signer)
	ring, err := openpgp.ReadKeyRing(bytes.NewReader(first.public))
	require.NoError(t, err)
	require.Len(t, ring, 1)
	assert.Nil(t, ring[0].PrivateKey)
	assert.Len(t, ring[0].Identities, 5)
	require.Len(t, ring[0].Subkeys, 2)
	assert.Nil(t, ring[0].Subkeys[1].PrivateKey)
}

// TestKeysThatDoNotSign: each is refused before anything is built.
func TestKeysThatDoNotSign(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("no key"), 0o600))
	small := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}
	secret, public := writePGP(t, newPGP(t, small), "")
	encrypted, _ := writePGP(t, newPGP(t, small), "right")
	expired, _ := writePGP(t, newPGP(t, &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 24 * 60 * 60, Time: func() time.Time { return time.Now().AddDate(0, 0, -2) },
	}), "")
	both := filepath.Join(t.TempDir(), "both.gpg")
	one, err := os.ReadFile(public)
	require.NoError(t, err)
	_, other := writePGP(t, newPGP(t, small), "")
	two, err := os.ReadFile(other)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(both, append(one, two...), 0o600))
	for file, says := range map[string]string{
		text + ".not": "no such file",
		text:          "it is not an OpenPGP key",
		both:          "it has 2 keys",
		public:        "the secret key ",
		expired:       "it cannot sign",
		encrypted:     "PGP_PASSPHRASE is not set",
	} {
		_, err := readPGPKey(file, true)
		assert.ErrorContains(t, err, "PGP_KEY: "+file+": "+says)
	}
	for _, file := range []string{secret, public, expired, encrypted} {
		_, err := readPGPKey(file, false)
		assert.NoError(t, err)
	}
	t.Setenv("PGP_PASSPHRASE", "wrong")
	_, err = readPGPKey(encrypted, true)
	require.ErrorContains(t, err, "PGP_PASSPHRASE is not the passphrase of the key")
	assert.NotContains(t, err.Error(), "wrong")
	_, err = readPGPKey(secret, true)
	require.NoError(t, err)
	t.Setenv("PGP_PASSPHRASE", "right")
	_, err = readPGPKey(encrypted, true)
	require.NoError(t, err)

	// Of a release too.
	problems := Run(t.Context(), Options{Root: t.TempDir(), Version: "0.1.0", Dist: filepath.Join(t.TempDir(), "dist"), PGPKey: text, Out: io.Discard})
	assert.ErrorContains(t, problems, "it is not an OpenPGP key")
}

// TestSignKey: the annotation names the key and its file, of a release that has one.
func TestSignKey(t *testing.T) {
	r := described(t, "0.1.0")
	plain := map[string]any{}
	require.NoError(t, r.annotate(plain))
	require.NoError(t, r.writeKeyring())
	assert.NotContains(t, plain, "artifacthub.io/signKey")
	assert.NoFileExists(t, r.keyring())
	require.NoError(t, r.writeNotes(t.Context()))
	notes, err := os.ReadFile(filepath.Join(r.Dist, "notes.md"))
	require.NoError(t, err)
	assert.Contains(t, string(notes), "Commit: "+r.source.commit+".\n[docs/release.md]")

	secret, public := writePGP(t, newPGP(t, nil), "")
	key, err := readPGPKey(secret, true)
	require.NoError(t, err)
	r.pgp = &key
	signed := map[string]any{}
	require.NoError(t, r.annotate(signed))
	require.NoError(t, r.writeKeyring())
	assert.Equal(t, "fingerprint: "+key.fingerprint+"\nurl: "+repository+"/releases/download/v0.1.0/istio-lightstep.gpg\n",
		signed["artifacthub.io/signKey"])
	assert.Regexp(t, "^[0-9A-F]{40}$", key.fingerprint)
	delete(signed, "artifacthub.io/signKey")
	assert.Equal(t, plain, signed)
	want, err := os.ReadFile(public)
	require.NoError(t, err)
	written, err := os.ReadFile(filepath.Join(r.assets, "istio-lightstep.gpg"))
	require.NoError(t, err)
	assert.Equal(t, want, written)
	require.NoError(t, r.writeNotes(t.Context()))
	withKey, err := os.ReadFile(filepath.Join(r.Dist, "notes.md"))
	require.NoError(t, err)
	assert.Contains(t, string(withKey), "Commit: "+r.source.commit+".\nThe OpenPGP key ")
	assert.Contains(t, string(withKey), key.fingerprint+".\n[docs/release.md]")
}

// TestProvenanceOfHelm: what is written beside a chart is what Helm writes there,
// goes into the registry, and Helm verifies it.
func TestProvenanceOfHelm(t *testing.T) {
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must hold the path of a helm binary; `make test` sets it")
	made := newPGP(t, nil)
	secret, public := writePGP(t, made, "")
	var ring bytes.Buffer
	require.NoError(t, made.SerializePrivateWithoutSigning(&ring, nil))
	folder := t.TempDir()
	for file, content := range map[string]string{"ring": ring.String(), "cosign": "#!/bin/sh\n", "chart/Chart.yaml": ""} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(content), 0o700))
	}
	text, err := yaml.Marshal(object{
		"apiVersion": "v2", "name": project, "version": "0.2.0", "description": "Sends spans", "annotations": object{"b": "- c\n\n-----\n", "a": "d "},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "chart", "Chart.yaml"), text, 0o600))
	_, err = output(t.Context(), folder, nil, helm, "package", "chart", "--sign", "--key", "tests", "--keyring", "ring")
	require.NoError(t, err)
	chart := filepath.Join(folder, project+"-0.2.0.tgz")
	helms := plainOf(t, chart+".prov")
	require.NoError(t, os.Remove(chart+".prov"))

	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	key, err := readPGPKey(secret, true)
	require.NoError(t, err)
	digest, err := empty.Index.Digest()
	require.NoError(t, err)
	r := &release{
		Options: Options{
			Version: "0.2.0", Registry: strings.TrimPrefix(server.URL, "http://"), Helm: helm, Cosign: filepath.Join(folder, "cosign"), Out: t.Output(),
		},
		work: folder, assets: folder, chart: chart, image: image{index: empty.Index, digest: digest, platforms: map[platform]v1.Hash{}},
		pgp: &key, provables: []provable{{chart, text}},
	}
	require.NoError(t, r.publish(t.Context()))
	assert.Equal(t, helms, plainOf(t, chart+".prov"))
	home := t.TempDir()
	pull := func(keyring string) (string, error) {
		env := []string{"HELM_CACHE_HOME=" + home, "HELM_CONFIG_HOME=" + home, "HELM_DATA_HOME=" + home}
		return output(t.Context(), home, env, helm, "pull", "oci://"+r.Registry+"/charts/"+project, "--version", "0.2.0", "--plain-http", "--verify", "--keyring", keyring)
	}
	_, err = pull(public)
	require.NoError(t, err)
	_, others := writePGP(t, newPGP(t, nil), "")
	_, err = pull(others)
	require.Error(t, err)
}

// plainOf is what a provenance signs.
func plainOf(t *testing.T, file string) string {
	t.Helper()
	signed, err := os.ReadFile(file)
	require.NoError(t, err)
	block, rest := clearsign.Decode(signed)
	require.NotNil(t, block)
	assert.Empty(t, strings.TrimSpace(string(rest)))
	return string(block.Plaintext)
}
