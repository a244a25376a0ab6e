// rolling-client is what controllers and agents are while API servers are rolled: client-go with its own
// connections, retries and watches, as every Go program has them. Workers create, read, change, list and
// delete ConfigMaps; a watcher per protocol has to see every one of them. Half of the connections
// speak HTTP/2, half HTTP/1.1.
//
//	rolling-client --kubeconfig FILE --namespace NAME [--workers N] [--pause 25ms]
//
// SIGTERM ends the work; then one line of JSON says what happened. A request failed when client-go gave up and
// returned an error to the program; what it repeated by itself is counted beside, since a program does not
// notice.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/version"
	"k8s.io/klog/v2"
)

const (
	requestTimeout = 30 * time.Second
	// How long the watchers may take for the last events once nobody writes any more.
	settle       = 5 * time.Second
	keptFailures = 20
)

type failure struct {
	AtMs  int64  `json:"atMs"`
	Verb  string `json:"verb"`
	HTTP  string `json:"http"`
	Error string `json:"error"`
}

// report is the line that is written at the end.
type report struct {
	Requests int `json:"requests"`
	Failed   int `json:"failed"`
	// Of those, on connections of HTTP/1.1: when a server closes an idle one while a request that is not idempotent
	// is on its way, nobody knows whether the request counted. HTTP/2 says it.
	FailedOld int       `json:"failedHttp11"`
	Failures  []failure `json:"failures"`
	// Answers 429 with Retry-After, which client-go repeated.
	Asked int `json:"askedToRetry"`
	// Attempts below client-go's own repetition that ended without an answer.
	Broken      int   `json:"brokenAttempts"`
	LongestMs   int64 `json:"longestMs"`
	Created     int   `json:"created"`
	Watchers    int   `json:"watchers"`
	WatchStarts int   `json:"watchStarts"`
	// How often informers asked for everything, the first time included.
	Lists      int `json:"lists"`
	MissedAdds int `json:"missedAdds"`
	// Longest time in which a watcher was told nothing, though workers wrote all the time.
	SilenceMs   int64     `json:"silenceMs"`
	WatchErrors []failure `json:"watchErrors"`
}

// record collects what workers and watchers saw.
type record struct {
	sync.Mutex
	report
	start    time.Time
	created  map[string]bool
	watchers []*seen
}

func (r *record) done(verb, protocol string, began time.Time, err error) bool {
	r.Lock()
	defer r.Unlock()
	r.Requests++
	r.LongestMs = max(r.LongestMs, time.Since(began).Milliseconds())
	if err == nil {
		return true
	}
	r.Failed++
	if protocol == "1.1" {
		r.FailedOld++
	}
	if len(r.Failures) < keptFailures {
		r.Failures = append(r.Failures, failure{began.Sub(r.start).Milliseconds(), verb, protocol, err.Error()})
	}
	return false
}

// counting sees what client-go repeats without telling.
type counting struct {
	next   http.RoundTripper
	record *record
}

func (c counting) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	c.record.Lock()
	defer c.record.Unlock()
	if err != nil && !errors.Is(err, context.Canceled) {
		c.record.Broken++
	}
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		c.record.Asked++
	}
	return response, err
}

func client(config *rest.Config, protocol string, r *record) *kubernetes.Clientset {
	own := rest.CopyConfig(config)
	own.QPS = -1
	// A dialer of its own keeps client-go from sharing one connection among all.
	dialer := &net.Dialer{Timeout: requestTimeout, KeepAlive: requestTimeout}
	own.Dial = dialer.DialContext
	if protocol == "1.1" {
		own.NextProtos = []string{"http/1.1"}
	}
	own.Wrap(func(next http.RoundTripper) http.RoundTripper { return counting{next, r} })
	return kubernetes.NewForConfigOrDie(own)
}

func work(ctx context.Context, api *kubernetes.Clientset, namespace, protocol string, id int, pause time.Duration, r *record) {
	maps := api.CoreV1().ConfigMaps(namespace)
	ask := func(verb string, what func(context.Context) error) bool {
		// Not of ctx: the end of the drill is no failure of a request.
		limited, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		began := time.Now()
		ok := r.done(verb, protocol, began, what(limited))
		time.Sleep(pause/2 + time.Duration(rand.Int63n(int64(pause))))
		return ok
	}
	kept := []string{}
	for i := 0; ctx.Err() == nil; i++ {
		name := fmt.Sprintf("worker-%d-%d", id, i)
		body := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"round": name}}
		if !ask("create", func(c context.Context) error { _, err := maps.Create(c, body, metav1.CreateOptions{}); return err }) {
			continue
		}
		r.Lock()
		r.created[name] = true
		r.Unlock()
		ask("get", func(c context.Context) error { _, err := maps.Get(c, name, metav1.GetOptions{}); return err })
		body.Data["changed"] = "yes"
		ask("update", func(c context.Context) error { _, err := maps.Update(c, body, metav1.UpdateOptions{}); return err })
		ask("list", func(c context.Context) error { _, err := maps.List(c, metav1.ListOptions{Limit: 10}); return err })
		// An informer that lists again rightly knows nothing of what has gone: what nobody was told of stays, and is missed.
		if kept = append(kept, name); r.told(kept[0]) {
			oldest := kept[0]
			kept = kept[1:]
			ask("delete", func(c context.Context) error { return maps.Delete(c, oldest, metav1.DeleteOptions{}) })
		}
	}
}

// seen is what one watcher was told.
type seen struct {
	sync.Mutex
	adds    map[string]bool
	last    time.Time
	silence time.Duration
}

func (s *seen) add(name string) {
	s.Lock()
	defer s.Unlock()
	s.adds[name] = true
	s.hear()
}

func (s *seen) hear() {
	if !s.last.IsZero() {
		s.silence = max(s.silence, time.Since(s.last))
	}
	s.last = time.Now()
}

// follow is an informer as controllers run it: it watches, and lists again when it is told that a revision is gone.
func follow(ctx context.Context, api *kubernetes.Clientset, namespace, protocol string, r *record) (*seen, error) {
	maps := api.CoreV1().ConfigMaps(namespace)
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			r.count(&r.Lists)
			return maps.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			r.count(&r.WatchStarts)
			if options.SendInitialEvents != nil && *options.SendInitialEvents {
				r.count(&r.Lists)
			}
			return maps.Watch(ctx, options)
		},
	}, &corev1.ConfigMap{}, 0, nil)
	err := informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		r.watchError("watch", protocol, time.Now(), err)
	})
	if err != nil {
		return nil, err
	}
	told := &seen{adds: map[string]bool{}}
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { told.add(object.(*corev1.ConfigMap).Name) },
		UpdateFunc: func(_, object any) { told.add(object.(*corev1.ConfigMap).Name) },
	})
	if err != nil {
		return nil, err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, errors.New("the informer did not synchronise")
	}
	return told, nil
}

func (r *record) count(what *int) {
	r.Lock()
	defer r.Unlock()
	*what++
}

// told says whether every watcher knows the object.
func (r *record) told(name string) bool {
	for _, watcher := range r.watchers {
		watcher.Lock()
		known := watcher.adds[name]
		watcher.Unlock()
		if !known {
			return false
		}
	}
	return true
}

func (r *record) watchError(what, protocol string, at time.Time, err error) {
	r.Lock()
	defer r.Unlock()
	if len(r.WatchErrors) < keptFailures {
		r.WatchErrors = append(r.WatchErrors, failure{at.Sub(r.start).Milliseconds(), what, protocol, err.Error()})
	}
}

// finish says of how many objects a watcher was not told.
func (r *record) finish() {
	r.Lock()
	defer r.Unlock()
	r.Created, r.Watchers = len(r.created), len(r.watchers)
	for _, told := range r.watchers {
		told.Lock()
		for name := range r.created {
			if !told.adds[name] {
				r.MissedAdds++
			}
		}
		r.SilenceMs = max(r.SilenceMs, told.silence.Milliseconds())
		told.Unlock()
	}
}

func run() error {
	kubeconfig := flag.String("kubeconfig", "", "file")
	namespace := flag.String("namespace", "default", "where to write")
	workers := flag.Int("workers", 8, "connections that read and write")
	pause := flag.Duration("pause", 25*time.Millisecond, "between two requests of a worker")
	versioned := flag.Bool("version", false, "print the release of client-go and end")
	flag.Parse()
	if *versioned {
		fmt.Println(version.Get().GitVersion)
		return nil
	}
	// Its warnings about watches that end are what is counted here.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	r := &record{start: time.Now(), created: map[string]bool{}, report: report{Failures: []failure{}, WatchErrors: []failure{}}}
	watching, stopWatching := context.WithCancel(context.Background())
	defer stopWatching()
	protocols := []string{"2", "1.1"}
	for _, protocol := range protocols {
		told, err := follow(watching, client(config, protocol, r), *namespace, protocol, r)
		if err != nil {
			return err
		}
		r.watchers = append(r.watchers, told)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var all sync.WaitGroup
	for i := range *workers {
		protocol := protocols[i%len(protocols)]
		all.Go(func() { work(ctx, client(config, protocol, r), *namespace, protocol, i, *pause, r) })
	}
	all.Wait()
	time.Sleep(settle)
	r.finish()
	return json.NewEncoder(os.Stdout).Encode(r.report)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
