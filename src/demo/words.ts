/** Names and texts of the people of a demo: invented, in several languages and scripts. */

export type Speech = {
  /** BCP 47 */
  language: string
  names: readonly string[]
  bios: readonly string[]
  posts: readonly string[]
  replies: readonly string[]
  tags: readonly string[]
  warnings: readonly string[]
  polls: readonly Question[]
}

type Question = { text: string; options: readonly string[] }

/** Parts of user names, which are ASCII whatever the language. */
export const firstNames =
  `mira otto selin juno pavel ines tariq noor ravi yuki hana bela lior freya anouk emil zuri kofi lena marek nadia oskar priya quinn
rosa silas tove ulla vera wanda ximena yara zeno amal bruno clara dario elif finn greta hugo ida jonas kira leo maya nils olga pia remy sana theo uma
vito wren yosef zoe ada basil cleo dunja enzo flora gil heidi ivo jarek kaya luca milo nuri orla paolo rumi sofia tilda udo vika`.split(
    /\s+/,
  )

export const lastNames =
  `oak heron pebble maple finch harbor cloud ember willow otter clay reed moss lantern quill barley cedar drift fennel gable hazel
inlet juniper kestrel larch meadow nettle orchard poppy quartz ridge sorrel thistle umber vale wharf yarrow brook crane dune`.split(
    /\s+/,
  )

/** Other servers; none of these names can exist. */
export const domains = [
  'pond.example',
  'lighthouse.example',
  'kiosk.example',
  'nordwind.example',
  'atelier.example',
  'tram.example',
  'compost.example',
  'hanami.example',
] as const

const english: Speech = {
  language: 'en',
  polls: [
    { text: 'What goes with soup?', options: ['Bread', 'More soup', 'A nap'] },
    { text: 'Best seat on a train?', options: ['Window', 'Aisle'] },
    { text: 'Which of these shall I repair first?', options: ['The radio', 'The bicycle', 'Myself', 'Nothing today'] },
  ],
  names: [
    'Mira',
    'Otto B.',
    'Juno',
    'Wren 🌿',
    'Captain Teapot',
    'Silas Reed',
    'Maya',
    'the other Theo',
    'Ada K.',
    'Quinn',
    'Rosa at Night',
    'Milo (he/him)',
    'Orla',
    'Finn ⛵',
    'Zoe Writes',
  ],
  bios: [
    'Bikes, bread and small computers.',
    'I draw maps of places that are not there. Posts in English, sometimes in Kitchen Latin.',
    'Gardener by day, radio by night.\nTomatoes: 14. Regrets: 2.',
    'Teaches physics to people who would rather be outside. Would rather be outside.',
    'Two cats, one loom, no plan.',
    'Translator. I collect words for rain.',
    'Trains, timetables and the tea in between. #trains',
    'Here for the moss.',
  ],
  posts: [
    'The bakery on the corner now sells {thing}, and the whole street is talking about it.',
    'Walked to {place} before breakfast. Nobody there but two herons and a man tuning an accordion.',
    'Today I learnt that {fact}. I will not be quiet about it.',
    'Finally repaired the {tool}. It took {number} evenings and one very small screw.',
    'Does anybody know a good book about {topic}? Asking for a long train ride.',
    'The library has a shelf for {topic} now. I may have cheered.',
    'My neighbour grows {thing} on the balcony and I am learning so much about patience.',
    'Rehearsal tonight: {number} people, one piano, nobody in tune, everybody happy.',
    'If you need me, I am at {place} until it stops raining.',
    'A small victory: the {tool} works, and I know why.',
    'Reminder that {place} is free on Sundays, and so is the coffee if you bring your own cup.',
    'I have opinions about {topic} and a long evening. Ask me anything.',
    'Made soup. Made too much soup. Come and get soup.',
    'Wrote down how I keep my {tool} running: https://notes.example/{slug}. Corrections welcome.',
    'The fog this morning made {place} look like a drawing somebody had begun and left.',
    'Pull request of the day: one line changed, {number} lines of explanation. As it should be.',
    'Counted {number} swifts over the roof. Summer may begin.',
    'Every time I explain {topic} to somebody, I understand it a little less and like it a little more.',
    'We have swapped the office plant for {thing}. Productivity is unchanged. Morale is not.',
    'Slow morning, strong tea, {topic}. That is the post.',
  ],
  replies: [
    'I was there last week, and it is even better in the evening.',
    'This made my day, thank you!',
    'Not sure I agree, but I like how you put it.',
    'Ha, the same thing happened to my sister.',
    'Do you have a picture?',
    'Please write that down somewhere, people should know.',
    'Which one do you use? Mine gave up in March.',
    'I will bring a spoon.',
    'There is a talk about exactly that on Thursday, come along?',
    'Congratulations! 🎉',
    'Counterpoint: moss.',
    'You are right, I had it the wrong way round.',
  ],
  tags: [
    'gardening',
    'bread',
    'trains',
    'knitting',
    'birds',
    'radio',
    'opensource',
    'sketching',
    'cycling',
    'books',
    'soup',
    'astronomy',
  ],
  warnings: [
    'food',
    'spiders, friendly ones',
    'politics, local',
    'spoilers for the last episode',
    'work grumbling',
    'eye contact',
  ],
}

const german: Speech = {
  language: 'de',
  polls: [
    { text: 'Was gehört auf ein Käsebrot?', options: ['Gurke', 'Tomate', 'Nichts weiter'] },
    { text: 'Fenster auf oder zu?', options: ['Auf', 'Zu'] },
  ],
  names: ['Lena Vogel', 'Jonas', 'Frau Klöppel', 'Greta Weiß', 'Nils vom Deich', 'Heidi', 'Udo ☕'],
  bios: [
    'Lastenrad, Lyrik, Linsensuppe.',
    'Schraubt an Orgeln und an Sätzen.',
    'Aus dem Norden, meistens nass.',
    'Bibliothekarin. Ich flüstere auch hier.',
  ],
  posts: [
    'Der Zug steht. Alle steigen aus und machen Fotos vom Sonnenuntergang. Auch gut.',
    'Im Schrebergarten blüht jetzt das, was niemand gepflanzt hat.',
    'Wer hat eigentlich beschlossen, dass Besprechungen Stühle brauchen?',
    'Heute eine Stunde lang ein Ventil gesucht. Es lag in der Teekanne.',
    'Neues Wort gelernt: „Feierabendverkehrsmelancholie“. Habe ich mir gerade ausgedacht.',
    'Brot gebacken. Es ist eher ein Ziegel, aber ein duftender.',
    'Die Möwen haben mein Fischbrötchen demokratisch unter sich aufgeteilt.',
    'Übermorgen ist Flohmarkt am alten Güterbahnhof. Ich verkaufe Lampen und gute Laune.',
  ],
  replies: [
    'Genau so ist es!',
    'Das will ich sehen.',
    'Oh, darf ich mitkommen?',
    'Bei uns hieß das früher anders.',
    'Danke, das hat gutgetan.',
    'Schöner Gedanke.',
  ],
  tags: ['garten', 'fahrrad', 'bahn', 'brotbacken', 'straßenfest', 'möwen'],
  warnings: ['Essen', 'Bürokratie', 'Schimpfen über die Bahn'],
}

const french: Speech = {
  language: 'fr',
  polls: [
    { text: 'Le pain au chocolat, on l’appelle…', options: ['Pain au chocolat', 'Chocolatine'] },
    { text: 'Ce soir ?', options: ['Lire', 'Marcher', 'Dormir'] },
  ],
  names: ['Inès', 'Rémy du Quai', 'Anouk', 'Cléo', 'Théo Lumière', 'Flora 🌼'],
  bios: [
    'Je répare des vélos et des malentendus.',
    'Photographe de vitrines vides.',
    'Lectrice du dimanche, marcheuse du lundi.',
  ],
  posts: [
    'Le marché était presque vide ce matin, il ne restait que des figues et des rumeurs.',
    'J’ai enfin compris le plan du métro. Ils viennent de le changer.',
    'Ma voisine joue du violon à minuit. Personne ne se plaint, elle joue trop bien.',
    'Petit atelier de reliure samedi : il reste trois places et beaucoup de colle.',
    'Il pleut sur les toits et le chat surveille chaque goutte.',
    'Qui veut échanger des graines de tournesol contre une recette de tarte aux poireaux ?',
  ],
  replies: [
    'Quelle belle image !',
    'Moi aussi, exactement.',
    'Je viens, garde-moi une place.',
    'Ah non, pas d’accord du tout, mais je souris.',
    'Merci pour ce moment.',
  ],
  tags: ['vélo', 'lecture', 'marché', 'reliure', 'pluie'],
  warnings: ['nourriture', 'râleries du lundi'],
}

const spanish: Speech = {
  language: 'es',
  polls: [
    { text: '¿Tortilla?', options: ['Con cebolla', 'Sin cebolla'] },
    { text: '¿Qué plantamos en el balcón?', options: ['Albahaca', 'Tomates', 'Cactus'] },
  ],
  names: ['Ximena', 'Darío', 'Rosa Ibarra', 'Vito', 'Sofía ✨'],
  bios: ['Cartera en bicicleta. Colecciono timbres raros.', 'Cocino despacio y corro poco.', 'Astronomía de azotea.'],
  posts: [
    'Desde la azotea se ve Saturno y también quién riega las plantas a las dos de la mañana.',
    'Hoy el mar estaba tan quieto que nadie se atrevía a entrar.',
    'He aprendido a silbar con dos dedos. Los perros del barrio no me lo perdonan.',
    'La radio del taller solo recibe boleros y el tiempo. No necesito más.',
    '¿Alguien tiene una receta de gazpacho que no empiece una discusión?',
  ],
  replies: ['¡Qué maravilla!', 'Cuéntame más.', 'A mí me pasó lo mismo.', 'Eso merece una foto.', 'Abrazo grande.'],
  tags: ['cocina', 'astronomía', 'bici', 'radio'],
  warnings: ['comida', 'insectos'],
}

const japanese: Speech = {
  language: 'ja',
  polls: [
    { text: '朝ごはんは？', options: ['ごはん', 'パン', '食べない'] },
    { text: '旅に出るなら', options: ['海', '山'] },
  ],
  names: ['ゆき', 'はな🌸', '山の図書室', 'いとうさん', '夜更かしパン屋'],
  bios: ['小さな図書室をやっています。雨の日がすきです。', 'パンと電車と写真。', '編みものと昼寝の記録。'],
  posts: [
    '駅前の桜がもう少しで咲きそうです。今日はつぼみを数えて帰りました。',
    '新しい万年筆を買ったので、意味もなく自分の名前を書いています。',
    '始発の電車は静かで、みんな少しだけやさしい顔をしている。',
    '味噌汁に入れるものがなくて、豆腐だけにした。これが正解だったかもしれない。',
    '図書室に猫が入ってきました。貸出カードは作れませんでした。',
  ],
  replies: [
    'わかります！',
    'それは見てみたいです。',
    'すてきですね。',
    'うちも同じでした😂',
    '教えてくれてありがとう。',
  ],
  tags: ['写真', '読書', '電車', 'パン', '猫'],
  warnings: ['食べ物の話', '仕事のぐち'],
}

const arabic: Speech = {
  language: 'ar',
  polls: [
    { text: 'ما مشروبك في الصباح؟', options: ['قهوة', 'شاي', 'ماء'] },
    { text: 'أين نلتقي؟', options: ['في المكتبة', 'في الحديقة'] },
  ],
  names: ['نور', 'طارق', 'أمل الصباح', 'سناء'],
  bios: ['خط عربي وقهوة وحكايات قصيرة.', 'أصلح الساعات القديمة وأتأخر دائمًا.'],
  posts: [
    'رائحة القهوة في الصباح تكفي لإصلاح نصف العالم.',
    'وجدت في السوق كتابًا قديمًا وعلى هامشه رسالة لم تصل إلى صاحبها.',
    'اليوم تعلمت حرفًا جديدًا في الخط الكوفي، وأخطأت فيه عشرين مرة.',
    'القطة على السطح تراقب الغروب معي كل يوم.',
  ],
  replies: ['صباح جميل!', 'أحببت هذا كثيرًا.', 'وأنا أيضًا.', 'شكرًا لك على المشاركة.'],
  tags: ['قهوة', 'خط', 'كتب'],
  warnings: ['طعام'],
}

const hindi: Speech = {
  language: 'hi',
  polls: [
    { text: 'चाय में क्या?', options: ['अदरक', 'इलायची', 'कुछ नहीं'] },
    { text: 'बारिश में', options: ['घर', 'छत'] },
  ],
  names: ['रवि', 'प्रिया', 'छत वाली माया'],
  bios: ['चाय, किताबें और बारिश।', 'पुराने रेडियो इकट्ठा करता हूँ।'],
  posts: [
    'आज छत पर पतंगों की गिनती की, फिर चाय ठंडी हो गई।',
    'दादी कहती हैं कि अच्छी दाल को जल्दी नहीं होती। मुझे होती है।',
    'बारिश शुरू होते ही पूरी गली में पकौड़ों की खुशबू फैल गई।',
    'पुराना रेडियो फिर से चल पड़ा, और सबसे पहले वही पुराना गाना बजा।',
  ],
  replies: ['वाह, बहुत बढ़िया!', 'बिल्कुल सही कहा।', 'मुझे भी बुलाना।', 'धन्यवाद!'],
  tags: ['चाय', 'बारिश', 'किताबें'],
  warnings: ['खाना'],
}

const ukrainian: Speech = {
  language: 'uk',
  polls: [
    { text: 'Борщ?', options: ['Зі сметаною', 'Без сметани'] },
    { text: 'Куди на вихідні?', options: ['До лісу', 'До моря', 'Нікуди'] },
  ],
  names: ['Віка', 'Ярослава', 'Тихий Павло'],
  bios: ['Вишиваю, читаю, гуляю з собакою.', 'Збираю гриби та історії.'],
  posts: [
    'У парку вже цвітуть каштани, а я досі в зимових черевиках.',
    'Бабусин борщ неможливо повторити, але я пробую щонеділі.',
    'Полагодив старий велосипед, і він одразу поїхав без мене з гірки.',
    'Сьогодні в бібліотеці був вечір віршів, прийшло більше людей, ніж стільців.',
  ],
  replies: ['Яка краса!', 'Дуже знайомо 🙂', 'Розкажи більше.', 'Дякую, усміхнулася.'],
  tags: ['велосипед', 'книги', 'весна'],
  warnings: ['їжа'],
}

/** English comes up more often, as on most servers that a visitor of a demo can read. */
export const speeches = [
  english,
  english,
  english,
  english,
  german,
  german,
  french,
  spanish,
  japanese,
  arabic,
  hindi,
  ukrainian,
] as const

/** The words that replace `{thing}` and the like in posts. */
export const fillers: Record<string, readonly string[]> = {
  thing: [
    'pickled lemons',
    'a lemon tree',
    'seven kinds of honey',
    'blue potatoes',
    'a very small windmill',
    'rye crackers',
    'hand-made brushes',
    'chillies',
  ],
  place: [
    'the old harbour',
    'the botanical garden',
    'the water tower',
    'the tram museum',
    'the north pier',
    'the allotments',
    'the reading room',
    'the quarry lake',
  ],
  fact: [
    'crows hold grudges',
    'the clock on the town hall has been three minutes fast since 1931',
    'lichen is two beings in one coat',
    'our street was a river',
    'bees prefer round numbers, or so the beekeeper says',
  ],
  tool: [
    'sewing machine',
    'shortwave radio',
    'bread oven',
    'loom',
    'bike trailer',
    'label printer',
    'greenhouse door',
    'little web server',
  ],
  topic: [
    'tide tables',
    'typography',
    'bridge building',
    'moss',
    'knots',
    'old keyboards',
    'sourdough',
    'signal boxes',
    'the history of pockets',
    'cloud shapes',
  ],
  number: ['two', 'three', 'four', 'seven', 'eleven', 'nineteen', 'forty-two'],
  slug: ['repairs', 'workshop', 'how-it-runs', 'small-fixes', 'field-notes'],
}

/** Descriptions of the pictures of `pictures.ts`. */
export const pictureTexts = {
  dusk: ['Hills in layers under an evening sky', 'A low sun behind soft hills'],
  tiles: ['A wall of coloured tiles in no particular order', 'Square tiles, some faded, some bright'],
  waves: ['Stripes of waves from shore to horizon', 'A painted sea in long strokes'],
  bubbles: ['Circles of many sizes that overlap like bubbles', 'Translucent round shapes on a pale ground'],
} as const
export type Picture = keyof typeof pictureTexts
