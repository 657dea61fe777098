package bookinfo

import (
	"net/http"
	"strconv"
	"time"
)

// bookReviews is what reviews tells of a book.
type bookReviews struct {
	ID          string   `json:"id"`
	Podname     string   `json:"podname"`
	Clustername string   `json:"clustername"`
	Reviews     []review `json:"reviews"`
}

// review is one reviewer's. Rating is nil in reviews v1.
type review struct {
	Reviewer string  `json:"reviewer"`
	Text     string  `json:"text"`
	Rating   *rating `json:"rating,omitempty"`
}

// rating is a number of stars, or the error that there is none.
type rating struct {
	Stars int    `json:"stars,omitempty"`
	Color string `json:"color,omitempty"`
	Error string `json:"error,omitempty"`
}

// NewReviews makes the handler of reviews v1, v2 or v3, by c.Role. v1 asks
// nobody; v2, with black stars, waits 10 s for ratings; v3, with red ones, 2.5 s.
// Without an answer of ratings, each rating holds an error and the status is 200.
//
//	GET /reviews/{id}   the reviews as JSON; 404 when the id is no number
//	GET /health         {"status": …}
func NewReviews(c Config) http.Handler {
	s := &reviews{config: c}
	switch c.Role {
	case ReviewsV2:
		s.color, s.client = "black", newClient(10*time.Second)
	case ReviewsV3:
		s.color, s.client = "red", newClient(2500*time.Millisecond)
	default: // v1 has no stars
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", answerHealth("Reviews"))
	mux.HandleFunc("GET /reviews/{id}", s.get)
	return mux
}

// reviews is a version of reviews: one without a color has no stars.
type reviews struct {
	config Config
	color  string
	client client
}

func (s *reviews) get(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	answer := bookReviews{
		ID: strconv.Itoa(id), Podname: s.config.Pod, Clustername: s.config.Cluster,
		Reviews: []review{
			{Reviewer: "Reviewer1", Text: "Two pairs of twins and one long day of mistakes: I laughed from the first scene to the last."},
			{Reviewer: "Reviewer2", Text: "Light and quick. Read it before the later comedies, not after them."},
		},
	}
	if s.color != "" {
		stars := s.stars(id, r)
		for i, one := range answer.Reviews {
			answer.Reviews[i].Rating = s.rating(stars, one.Reviewer)
		}
	}
	answerJSON(w, http.StatusOK, answer)
}

// stars asks ratings for the stars of a book by reviewer; none when it fails.
func (s *reviews) stars(id int, r *http.Request) map[string]int {
	var answer bookRatings
	url := s.config.Ratings + "/ratings/" + strconv.Itoa(id)
	if _, err := s.client.get(url, s.config.Propagation.reviewsForward(r.Header), &answer); err != nil {
		s.config.logFailure("ratings", err)
		return nil
	}
	return answer.Ratings
}

func (s *reviews) rating(stars map[string]int, reviewer string) *rating {
	if n, ok := stars[reviewer]; ok {
		return &rating{Stars: n, Color: s.color}
	}
	return &rating{Error: "the ratings service gave no rating"}
}
