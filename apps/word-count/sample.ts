/** What `sample/*.txt` say, for the page: it has no file system in every room. */
export const sampleText = `My grandmother kept bees behind the house, nine hives in a row.
She said that bees know a liar by the smell, and she never told the bees a lie.
In June the hives hum so low that the house seems to hum with them.
In winter you put an ear to the wood, and the bees are still there, still humming.

The ferry leaves at seven, whether the fog has lifted or not.
On the pier a man sells coffee, and the coffee is always too hot.
Nobody minds. The fog is cold, the pier is long, and seven comes early.
When the bell rings twice, the man closes his stall and waves to the ferry.

Dig the bed in March, and dig it again in April when nobody is looking.
Beans want company: plant two beans to a hole, one for you and one for the snail.
The snail will take his bean first. Let him; a garden without a snail is only a yard.

By August there are more beans than neighbours, and more neighbours than you remember.
Give each of them a bag of beans, a jar of honey if the bees were kind, and your best advice:
dig the bed in March.

A lighthouse says one thing, and says it all night: here, here, here.
Ships do not answer. They turn a little, and that is the answer.

The keeper counts the ships, as others count sheep; one night he counted forty-two.
In the morning he wrote the number in his book, and under it: no fog, no wind, no letters.
`;
