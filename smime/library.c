#include "smime/library.h"

#include <stdint.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>

void
library_open(struct library *library)
{
	*library = (struct library){ .context = OSSL_LIB_CTX_new() };
	if (library->context == NULL)
		return;
	library->usual = OSSL_PROVIDER_load(library->context, "default");
	library->old = OSSL_PROVIDER_load(library->context, "legacy");
}

void
library_close(struct library *library)
{
	OSSL_PROVIDER_unload(library->old);
	OSSL_PROVIDER_unload(library->usual);
	OSSL_LIB_CTX_free(library->context);
	*library = (struct library){ 0 };
}

void *
library_text(const char *text)
{
	return (void *)(uintptr_t)text;
}

enum err_code
library_out_of_memory(struct err *err)
{
	ERR_clear_error();
	return err_set(err, ERR_SYSTEM, NULL, "There is no memory left.");
}

enum err_code
library_failed(struct err *err, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return err_set(err, ERR_SYSTEM, NULL, "Can't %s: %s.", what,
	    reason != NULL ? reason : "the library gives no reason");
}
