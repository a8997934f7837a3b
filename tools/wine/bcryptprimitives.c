/* Wine 8 has no bcryptprimitives.dll, from which Rust programs (the keychain's binding) and Bun take random bytes. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *bytes, size_t length) {
  return RtlGenRandom(bytes, (ULONG)length);
}
