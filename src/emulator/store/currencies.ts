/**
 * The fiat currencies in use (ISO 4217).
 */

const codes =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
  "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG " +
  "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA " +
  "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD " +
  "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX " +
  "USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"

const withoutSubunit = new Set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "))
const withThousandths = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "))

/** A currency as it is listed. */
export interface Currency {
  readonly code: string
  readonly name: string
  readonly symbol: string
  /** The digits after the decimal point. */
  readonly subunits: number
}

const known = new Set(codes.split(" "))

/** Whether a code is that of a fiat currency in use. */
export const isCurrency = (code: string): boolean => known.has(code)

/** Every fiat currency in use, by code. */
export const currencies = (): ReadonlyArray<Currency> => {
  const names = new Intl.DisplayNames("en", { type: "currency" })
  return Array.from(known, (code) => ({
    code,
    name: names.of(code) ?? code,
    symbol:
      new Intl.NumberFormat("en", { style: "currency", currency: code, currencyDisplay: "narrowSymbol" })
        .formatToParts(0)
        .find((part) => part.type === "currency")?.value ?? code,
    subunits: withoutSubunit.has(code) ? 0 : withThousandths.has(code) ? 3 : 2
  }))
}
