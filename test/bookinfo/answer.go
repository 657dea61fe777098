package bookinfo

import (
	"encoding/json"
	"net/http"
)

// answerJSON writes a value as JSON with that status.
func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// An error here is a caller who has gone: nobody is left to tell.
	_ = json.NewEncoder(w).Encode(value)
}

// failure is the JSON of an answer that tells what is wrong.
type failure struct {
	Error string `json:"error"`
}

// answerHealth tells that a service is well.
func answerHealth(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, map[string]string{"status": service + " is healthy"})
	}
}
