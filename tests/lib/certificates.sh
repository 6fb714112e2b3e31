#!/bin/sh
# Makes certificates of many shapes in the directory DIR with openssl, for
# the tests of smime/: certificates.sh DIR
set -eu
cd "$1"
exec 2>openssl.log

address=nina@acme.example

# config SAN-LINES EXTENSION-LINES: a section for x509 -extfile
extensions() {
	printf 'basicConstraints=%s\n' "${ca:-CA:FALSE}"
	[ -n "${usage-digitalSignature,keyEncipherment}" ] &&
		printf 'keyUsage=%s\n' "${usage-digitalSignature,keyEncipherment}"
	[ -n "${purpose-emailProtection}" ] &&
		printf 'extendedKeyUsage=%s\n' "${purpose-emailProtection}"
	[ -n "${crl-yes}" ] &&
		printf 'crlDistributionPoints=URI:http://crl.acme.example/1\n'
	[ -n "${san-email:$address}" ] &&
		printf 'subjectAltName=%s\n' "${san-email:$address}"
	return 0
}

# issue NAME KEY [openssl x509 options]: NAME.pem for the public half of KEY
issue() {
	name=$1 key=$2
	shift 2
	extensions >"$name.ext"
	openssl req -new -key "$key" -subj "${subject:-/CN=Nina}" -utf8 -out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA "${issuer:-middle}.pem" \
		-CAkey "${issuer:-middle}.key" -CAcreateserial -days 365 \
		-extfile "$name.ext" -out "$name.pem" "$@"
}

new_rsa() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"$2" -out "$1"; }
new_ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:"$2" -out "$1"; }

# a root and an authority below it
new_ec root.key P-256
openssl req -x509 -new -key root.key -subj "/CN=Test Root" -days 3650 \
	-addext basicConstraints=critical,CA:TRUE \
	-addext keyUsage=critical,keyCertSign,cRLSign -out root.pem
new_ec middle.key P-256
(issuer=root ca=critical,CA:TRUE usage=critical,keyCertSign,cRLSign purpose='' san='' \
	subject="/CN=Test Authority" issue middle middle.key)

new_rsa nina.key 2048
new_rsa other.key 2048
new_ec ec.key P-256
issue nina nina.key
issue ec ec.key
cat nina.pem middle.pem root.pem >chain.pem

# things that are wrong, one each
(san=email:bob@acme.example issue bob nina.key)
(san='' issue nobody nina.key)
(san='' subject="/CN=Nina/emailAddress=$address" issue subject nina.key)
(san='@names
[names]
otherName=1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8:nina@bücher.example' issue utf8 nina.key)
(usage=keyEncipherment issue encrypts nina.key)
(usage=digitalSignature issue signs nina.key)
(purpose=serverAuth issue server nina.key)
(purpose='' issue purposeless nina.key)
(crl='' issue norevoke nina.key)
(ca=CA:TRUE issue authority nina.key)
issue sha1 nina.key -sha1
cp other.key rsa.key
openssl req -x509 -new -key rsa.key -subj "/CN=RSA Root" -days 365 -out rsa.pem
(issuer=rsa issue md5 nina.key -md5)
new_rsa weak.key 512
issue weak weak.key
new_rsa big.key 4224
issue big big.key
new_ec brainpool.key brainpoolP256r1
issue brainpool brainpool.key
openssl genpkey -algorithm ED25519 -out ed25519.key
issue ed25519 ed25519.key
(subject="/CN=$(printf '\033[2Jevil\342\200\256')" issue escape nina.key)
openssl req -x509 -key nina.key -subj /CN=Self -days 365 \
	-addext "subjectAltName=email:$address" -out self.pem
extensions >expired.ext
openssl x509 -req -in nina.csr -CA middle.pem -CAkey middle.key -days -1 \
	-extfile expired.ext -out expired.pem

# "x509" takes no first day, "ca" does
mkdir ca
: >ca/index
openssl rand -hex 8 >ca/serial
cat >ca/config <<END
[ca]
default_ca = it
[it]
database = ca/index
serial = ca/serial
new_certs_dir = ca
default_md = sha256
policy = any
[any]
commonName = supplied
END
openssl ca -batch -config ca/config -cert middle.pem -keyfile middle.key \
	-in nina.csr -startdate 20400101000000Z -enddate 20410101000000Z \
	-extfile expired.ext -notext -out future.pem

# forms of the same key
openssl rsa -in nina.key -traditional -out nina.pkcs1
openssl rsa -in nina.key -traditional -aes256 -passout pass:secret -out nina.pkcs1.locked
openssl pkcs8 -topk8 -in nina.key -v2 aes-256-cbc -passout pass:secret -out nina.pkcs8.locked
openssl pkcs8 -topk8 -in nina.key -v1 PBE-SHA1-RC2-40 -provider legacy -provider default \
	-passout pass:secret -out nina.pkcs8.old
openssl ec -in ec.key -out ec.sec1
openssl ecparam -name prime256v1 -out ec.parameters
ssh-keygen -q -t ed25519 -N '' -f ssh.key

# PKCS#12 in the new and the old encryption
openssl pkcs12 -export -inkey nina.key -in nina.pem -certfile middle.pem \
	-passout pass:secret -out new.p12
openssl pkcs12 -export -legacy -inkey nina.key -in nina.pem -certfile middle.pem \
	-passout pass:secret -out old.p12
openssl pkcs12 -export -inkey nina.key -in nina.pem -passout pass: -out open.p12
openssl pkcs12 -export -nokeys -in nina.pem -passout pass:secret -out keyless.p12
