#include "mail/external.h"

#include <curl/curl.h>
#include <string.h>

#include "base/text.h"

#define URL_SIZE     (HOST_NAME_SIZE + 32)
#define RESOLVE_SIZE (HOST_NAME_SIZE + 512)

/* clang-format off */
static const struct {
	const char *scheme, *schemes, *host_field, *port_field;
} protocols[] = {
	[EXTERNAL_IMAP] = { "imap", "imap,imaps", "imap_host", "imap_port" },
	[EXTERNAL_SMTP] = { "smtp", "smtp,smtps", "smtp_host", "smtp_port" },
};
/* clang-format on */

/* Nothing is written to standard output. */
static size_t
drop(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

/* What an SMTP server says: curl goes on without a log-in where a server
 * offers none. */
static size_t
note_login(char *bytes, size_t size, size_t count, void *context)
{
	bool *is_in = context;

	if (size * count >= 3 && memcmp(bytes, "235", 3) == 0)
		*is_in = true;
	return size * count;
}

/* The password goes into a line of the protocol: no line may end in it. */
static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static void
set_login(CURL *easy, const struct external_login *login, bool *is_in)
{
	const bool is_smtp = login->protocol == EXTERNAL_SMTP;
	char url[URL_SIZE];

	text_format(url, sizeof(url), "%s%s://%s:%u/",
	    protocols[login->protocol].scheme,
	    login->is_implicit_tls ? "s" : "", login->host, login->port);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(
	    easy, CURLOPT_PROTOCOLS_STR, protocols[login->protocol].schemes);
	curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_USERNAME, login->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, login->password);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "NOOP");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(
	    easy, CURLOPT_HEADERFUNCTION, is_smtp ? note_login : drop);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, is_in);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)login->seconds);
	if (login->authorities != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, login->authorities);
}

/* The chain is looked at before the name; curl says 1 where it came as far as
 * the name. */
static enum err_code
refuse_certificate(
    CURL *easy, const struct external_login *login, struct err *err)
{
	const char *field = protocols[login->protocol].host_field;
	long chain = 0;

	curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &chain);
	if (chain > 1)
		return err_set(err, ERR_INVALID, field,
		    "The certificate of %.80s is not trusted here: the "
		    "password was not sent.",
		    login->host);
	return err_set(err, ERR_INVALID, field,
	    "The certificate that answers for %.80s is for another name: the "
	    "password was not sent.",
	    login->host);
}

static enum err_code
refuse(CURL *easy, CURLcode code, const struct external_login *login,
    struct err *err)
{
	const char *host_field = protocols[login->protocol].host_field;
	const char *port_field = protocols[login->protocol].port_field;

	switch (code) {
	case CURLE_LOGIN_DENIED:
		return err_set(err, ERR_INVALID, "external_password",
		    "%.80s refuses this user name with this password.",
		    login->host);
	case CURLE_PEER_FAILED_VERIFICATION:
		return refuse_certificate(easy, login, err);
	case CURLE_USE_SSL_FAILED:
		return err_set(err, ERR_INVALID, port_field,
		    "%.80s offers no TLS on port %u: the password was not "
		    "sent.",
		    login->host, login->port);
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
		return err_set(err, ERR_TIMEOUT, host_field,
		    "No answer from %.80s port %u: look at host and port, or "
		    "try again later.",
		    login->host, login->port);
	default:
		return err_set(err, ERR_INVALID, host_field,
		    "The log-in at %.80s port %u failed: %s.", login->host,
		    login->port, curl_easy_strerror(code));
	}
}

enum err_code
external_try(const struct external_login *login, struct err *err)
{
	char resolve[RESOLVE_SIZE];
	struct curl_slist *addresses = NULL;
	CURL *easy = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	enum err_code result = OK;
	bool is_in = login->protocol != EXTERNAL_SMTP;

	if (has_control(login->password) || has_control(login->user))
		return err_set(err, ERR_INVALID, "external_password",
		    "No user name or password holds control characters.");
	text_format(resolve, sizeof(resolve), "%s:%u:%s", login->host,
	    login->port, login->addresses);
	addresses = curl_slist_append(NULL, resolve);
	easy = curl_easy_init();
	if (easy != NULL && addresses != NULL) {
		set_login(easy, login, &is_in);
		curl_easy_setopt(easy, CURLOPT_RESOLVE, addresses);
		code = curl_easy_perform(easy);
	}
	if (code != CURLE_OK)
		result = refuse(easy, code, login, err);
	else if (!is_in)
		result = err_set(err, ERR_INVALID,
		    protocols[login->protocol].port_field,
		    "%.80s lets nobody log in on port %u: 587 and 465 are the "
		    "usual ones.",
		    login->host, login->port);
	curl_easy_cleanup(easy);
	curl_slist_free_all(addresses);
	return result;
}
