package conformance_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Credentials of SigV4 that the fake and the collector share.
const accessKey, secretKey = "AKIAEXAMPLE", "an-example-of-a-secret-key"

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$`)

// wantSignature makes the signature of a request once more, by the rules of
// AWS Signature Version 4.
func wantSignature(r *http.Request, body []byte) error {
	parts := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		return errors.New("not signed by SigV4")
	}
	key, day, region, service, signedHeaders, signature := parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]
	if key != accessKey || region != "eu-west-1" || service != "xray" {
		return fmt.Errorf("signed for %s/%s/%s", key, region, service)
	}
	var headers strings.Builder
	for _, name := range strings.Split(signedHeaders, ";") {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(r.ContentLength)
		}
		_, _ = fmt.Fprintf(&headers, "%s:%s\n", name, strings.TrimSpace(value))
	}
	query, _ := url.ParseQuery(r.URL.RawQuery)
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), query.Encode(), headers.String(), signedHeaders, hash(body)}, "\n")
	scope := strings.Join([]string{day, region, service, "aws4_request"}, "/")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), scope, hash([]byte(canonical))}, "\n")
	signing := []byte("AWS4" + secretKey)
	for _, step := range []string{day, region, service, "aws4_request", toSign} {
		mac := hmac.New(sha256.New, signing)
		_, _ = mac.Write([]byte(step))
		signing = mac.Sum(nil)
	}
	if hex.EncodeToString(signing) != signature {
		return errors.New("the signature does not fit the request")
	}
	return nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
